-- The indexes of tables.sql. Each is made when many rows are laid there, when they are laid ({analyze}), and those of trials
-- whenever there are some.

CREATE INDEX ON every_v (mosis_id);
CREATE INDEX ON a (a_id);
CREATE INDEX ON o (lea_id, course_code);
CREATE INDEX ON o (o_id);
CREATE INDEX ON j (j_id);
CREATE INDEX ON v (v_id);
CREATE INDEX ON a (lea_id, birth_date);
CREATE INDEX ON v (lea_id, birth_date);
CREATE INDEX ON a (mosis_id, course_code);
CREATE INDEX ON o (mosis_id, course_code);
CREATE INDEX ON j (mosis_id, course_code);
CREATE INDEX ON v (mosis_id, course_code);
CREATE INDEX ON crosswalk (provider_id, own_code);
CREATE INDEX ON core (mosis_id);
CREATE INDEX ON a_code (a_id);
CREATE INDEX ON v_code (v_id);
CREATE INDEX ON ao (a_id);
CREATE INDEX ON ao (o_id);
CREATE INDEX ON av (a_id);
CREATE INDEX ON av (v_id);
CREATE INDEX ON aj (j_id);
CREATE INDEX ON ov (o_id);
CREATE INDEX ON ov (v_id);
CREATE INDEX ON oj (o_id);
CREATE INDEX ON oj (j_id);
CREATE INDEX ON jv (j_id);
CREATE INDEX ON jv (v_id);
CREATE INDEX ON unit (a_id);
CREATE INDEX ON unit (o_id);
CREATE INDEX ON unit (v_id);
CREATE INDEX ON person (mosis_id);
CREATE INDEX ON person (lea_id, birth_date);
CREATE INDEX ON o_trial (lea_id);
CREATE INDEX ON o_trial (mosis_id);
CREATE INDEX ON j_trial (lea_id);
CREATE INDEX ON j_trial (mosis_id);
