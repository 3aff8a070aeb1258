-- How few these are has to be known, or whole tables are read for them.
ANALYZE scope, core_file, course_file, stay_file;

-- The students about whom an LEA in scope has to answer; a few more do no harm. First, from what is found by LEA alone:
-- only these are looked up in what the whole state says.
INSERT INTO pupil
SELECT student.mosis_id FROM part_time_courserequest AS request JOIN scope USING (lea_id)
    JOIN directory_term AS term ON term.id = request.term_id AND term.school_year_id = %(year)s
    JOIN records_claim AS claim ON claim.id = request.claim_id
    JOIN records_student AS student ON student.id = claim.student_id
    WHERE request.state <> 'draft' AND student.mosis_id IS NOT NULL
UNION SELECT coalesce(student.mosis_id, roster.mosis_id) FROM registration_rosterline AS roster JOIN scope USING (lea_id)
    JOIN part_time_courseline AS line ON line.id = roster.line_id
    JOIN part_time_courserequest AS request ON request.id = line.request_id
    JOIN directory_term AS term ON term.id = request.term_id AND term.school_year_id = %(year)s
    JOIN records_claim AS claim ON claim.id = request.claim_id
    JOIN records_student AS student ON student.id = claim.student_id
UNION SELECT student.mosis_id FROM full_time_programenrollment AS enrollment
    JOIN full_time_schedule AS schedule ON schedule.enrollment_id = enrollment.id
        AND schedule.school_year_id = %(year)s
    JOIN records_student AS student ON student.id = enrollment.student_id
    WHERE student.mosis_id IS NOT NULL AND (
        enrollment.resident_lea_id IN (SELECT lea_id FROM scope)
        OR enrollment.program_id IN (SELECT program.id FROM full_time_program AS program JOIN scope ON lea_id = host_id)
    )
UNION SELECT reported.mosis_id FROM scope
    JOIN directory_lea AS lea ON lea.organization_id = scope.lea_id
    JOIN coredata_reportrow AS reported ON reported.district_code = lea.state_district_id
    WHERE reported.report_id = ANY(%(reports)s) AND reported.mosis_id <> ''
-- Who moved in while another LEA's course runs (M-62).
UNION SELECT reported.mosis_id FROM core_file JOIN scope USING (lea_id)
    JOIN coredata_student_lines AS kept USING (collection_id, upload_id)
    JOIN coredata_reportrow AS reported ON reported.mosis_id = kept.mosis_id
    WHERE kept.collection_id = ANY(%(core_collections)s) AND reported.report_id = ANY(%(reports)s)
        AND reported.basis = 'mocap' AND reported.status = 'active'
UNION SELECT mosis_id FROM {october} AS october JOIN scope USING (lea_id) WHERE program_code = ANY(%(programs)s)
-- Most files carry no code in June: there any row matters of somebody who is known, if only through another LEA.
UNION SELECT mosis_id FROM {june} AS june JOIN scope USING (lea_id) WHERE program_code = ANY(%(programs)s) OR every_course;
ANALYZE pupil;
