-- About what one LEA of usual size lays, for the server to plan by (planned.py). Nothing of it stays but how much it was:
-- of other tables the server's own guess, some hundred rows, is good enough.
INSERT INTO scope VALUES (0, true, true, true, NULL, true, true, NULL);
INSERT INTO core_file SELECT number, number, number FROM generate_series(1, 500) AS number;
INSERT INTO course_file TABLE core_file;
INSERT INTO stay_file TABLE core_file;
INSERT INTO pupil SELECT number::text FROM generate_series(1, 200) AS number;
INSERT INTO wanted SELECT number FROM generate_series(1, 200) AS number;
ANALYZE scope, core_file, course_file, stay_file, pupil, wanted;
DELETE FROM scope;
DELETE FROM core_file;
DELETE FROM course_file;
DELETE FROM stay_file;
DELETE FROM pupil;
DELETE FROM wanted;
