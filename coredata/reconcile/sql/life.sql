-- The life of each mismatch: what `old` and `now` (beside.sql) say together. `newer` has, for each LEA and provider, the file or
-- report that came in since the last run.

INSERT INTO both_of
SELECT old.id, old.state, old.waived_until, old.mosis_id, now.provider_id, now.cause, now.facts
FROM old JOIN now USING (lea, code, mosis_id, course_code, semester, whole);
{analyze} both_of;

-- It is back.
UPDATE reconcile_mismatch AS mismatch
SET state = 'open', resolved_at = NULL, resolved_run_id = NULL, resolved_by_upload_id = NULL,
    resolved_by_report_id = NULL, opened_at = %(at)s, changed_at = %(at)s,
    times_reopened = mismatch.times_reopened + 1, provider_id = both_of.provider_id, cause = both_of.cause,
    facts = both_of.facts
FROM both_of WHERE both_of.id = mismatch.id AND both_of.state = 'resolved';

-- It is still there, and says something else by now, or its student has another number, or its waiver is over.
UPDATE reconcile_mismatch AS mismatch
SET mosis_id = both_of.mosis_id, provider_id = both_of.provider_id, cause = both_of.cause, facts = both_of.facts, changed_at = %(at)s,
    state = CASE WHEN both_of.state = 'waived' AND both_of.waived_until < %(as_of)s THEN 'open' ELSE mismatch.state END,
    waived_until = CASE WHEN both_of.waived_until < %(as_of)s THEN NULL ELSE mismatch.waived_until END
FROM both_of WHERE both_of.id = mismatch.id AND both_of.state <> 'resolved' AND (
    mismatch.facts <> both_of.facts OR mismatch.cause <> both_of.cause
    OR mismatch.provider_id IS DISTINCT FROM both_of.provider_id OR mismatch.mosis_id <> both_of.mosis_id
    OR (both_of.state = 'waived' AND both_of.waived_until < %(as_of)s)
);

-- It is gone: by the file that came in since, of a mismatch that providers mend by their report.
UPDATE reconcile_mismatch AS mismatch
SET state = 'resolved', resolved_at = %(at)s, resolved_run_id = %(run)s, changed_at = %(at)s,
    resolved_by_upload_id = CASE WHEN gone.is_providers AND gone.report_id IS NOT NULL THEN NULL ELSE gone.upload_id END,
    resolved_by_report_id = CASE WHEN gone.is_providers OR gone.upload_id IS NULL THEN gone.report_id END
FROM (
    SELECT old.id, old.code = ANY(%(of_providers)s) AS is_providers, file.upload_id, report.report_id
    FROM old
    JOIN reconcile_mismatch AS was ON was.id = old.id
    LEFT JOIN newer AS file ON file.lea_id = was.lea_id AND file.upload_id IS NOT NULL
    LEFT JOIN newer AS report ON report.provider_id = was.provider_id AND report.report_id IS NOT NULL
        AND report.lea_id IS NOT DISTINCT FROM was.lea_id
    WHERE old.state <> 'resolved' AND NOT EXISTS (SELECT FROM both_of WHERE both_of.id = old.id)
) AS gone
WHERE gone.id = mismatch.id;

-- It is new.
INSERT INTO reconcile_mismatch (
    school_year_id, code, lea_id, provider_id, mosis_id, course_code, semester, state, facts, cause, first_run_id,
    first_seen_at, opened_at, changed_at, times_reopened
)
SELECT %(year)s, now.code, now.lea_id, now.provider_id, now.mosis_id, now.course_code, now.semester, 'open', now.facts,
    now.cause, %(run)s, %(at)s, %(at)s, %(at)s, 0
FROM now
WHERE NOT EXISTS (
    SELECT FROM old WHERE old.lea = now.lea AND old.code = now.code AND old.mosis_id = now.mosis_id
        AND old.course_code = now.course_code AND old.semester = now.semester AND old.whole = now.whole
)
ORDER BY now.lea_id, now.code, now.mosis_id, now.course_code, now.semester;

INSERT INTO reconcile_learun (
    run_id, lea_id, courses_id, students_id, june_id, reports, finished_at, opened, reopened, resolved, open
)
SELECT %(run)s, scope.lea_id, file.courses, file.students, file.june, coalesce(told.reports, '[]'), %(at)s,
    count(mismatch.id) FILTER (WHERE mismatch.first_run_id = %(run)s),
    count(mismatch.id) FILTER (WHERE mismatch.opened_at = %(at)s AND mismatch.first_run_id <> %(run)s),
    count(mismatch.id) FILTER (WHERE mismatch.resolved_run_id = %(run)s),
    count(mismatch.id) FILTER (WHERE mismatch.state = ANY(%(open_states)s))
FROM scope
JOIN file USING (lea_id)
LEFT JOIN LATERAL (
    SELECT jsonb_agg(DISTINCT v.report_id) AS reports FROM v WHERE v.lea_id = scope.lea_id
) AS told ON true
LEFT JOIN reconcile_mismatch AS mismatch ON mismatch.lea_id = scope.lea_id AND mismatch.school_year_id = %(year)s
GROUP BY scope.lea_id, file.courses, file.students, file.june, told.reports;
