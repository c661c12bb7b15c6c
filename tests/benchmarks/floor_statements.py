"""One hand-written statement an operation, each emitting the whole answer: what the floors are made of."""

# $1 measure ids, $2 their names, $3 units, $4 directions, $5 period, $6 trust.
COMPARISONS = """
with schools as materialized (
    select s.id, s.urn, s.sort_name
    from register.membership m join register.school s on s.id = m.school_id
    where m.trust_id = $6 and m.from_on <= current_date and (m.until_on is null or m.until_on > current_date)
)
select row_to_json(answer)::text from (
    select (select row_to_json(data) from (
        select (
            select coalesce(json_agg(row_to_json(comparison)), '[]') from (
                select
                    (select row_to_json(named) from (select m.id, m.name, m.unit, m.direction) named) as measure,
                    found.published || ' of ' || found.schools || ' published, ' || found.shown || ' shown' as coverage,
                    found.cells
                from unnest($1::text[], $2::text[], $3::text[], $4::text[])
                with ordinality as m(id, name, unit, direction, place)
                cross join lateral (
                    select
                        count(*) as schools,
                        count(cell.state) as published,
                        count(*) filter (where cell.state = 'shown') as shown,
                        json_agg(
                            row_to_json((select told from (
                                select
                                    cell.urn, coalesce(cell.state, 'not shared yet') as state, cell.rate,
                                    cell.interval_low as "intervalLow", cell.interval_high as "intervalHigh"
                            ) told))
                            order by cell.sort_name, cell.id
                        ) as cells
                    from (
                        select s.id, s.urn, s.sort_name, v.state, v.rate, v.interval_low, v.interval_high
                        from schools s
                        left join published.value v
                            on v.trust_id = $6 and v.school_id = s.id and v.measure_id = m.id and v.period = $5
                    ) cell
                ) found
                order by m.place
            ) comparison
        ) as comparisons
    ) data) as data
) answer
"""

COMPARISONS_BY_CONCATENATION = """
with schools as materialized (
    select s.id, s.sort_name, '{"urn":' || to_json(s.urn) || ',"state":' as opening
    from register.membership m join register.school s on s.id = m.school_id
    where m.trust_id = $6 and m.from_on <= current_date and (m.until_on is null or m.until_on > current_date)
)
select '{"data":{"comparisons":[' || coalesce(string_agg(
    '{"measure":{"id":' || to_json(m.id) || ',"name":' || to_json(m.name)
        || ',"unit":' || to_json(m.unit) || ',"direction":' || to_json(m.direction) || '},"coverage":"' || found.published || ' of ' || found.schools || ' published, ' || found.shown
        || ' shown","cells":[' || coalesce(found.cells, '') || ']}',
    ',' order by m.place
), '') || ']}}'
from unnest($1::text[], $2::text[], $3::text[], $4::text[])
                with ordinality as m(id, name, unit, direction, place)
cross join lateral (
    select
        count(*) as schools,
        count(v.state) as published,
        count(*) filter (where v.state = 'shown') as shown,
        string_agg(
            s.opening || coalesce(to_json(v.state)::text, '"not shared yet"')
                || ',"rate":' || coalesce(to_json(v.rate)::text, 'null')
                || ',"intervalLow":' || coalesce(to_json(v.interval_low)::text, 'null')
                || ',"intervalHigh":' || coalesce(to_json(v.interval_high)::text, 'null') || '}',
            ',' order by s.sort_name, s.id
        ) as cells
    from schools s
    left join published.value v
        on v.trust_id = $6 and v.school_id = s.id and v.measure_id = m.id and v.period = $5
) found
"""

# $1 school, $2 how many.
OVERVIEW = """
select row_to_json(answer)::text from (
    select (select row_to_json(data) from (
        select (
            select row_to_json(page) from (
                select
                    (select row_to_json(info) from (
                        select found.more as "hasNextPage", found.cursor as "endCursor"
                    ) info) as "pageInfo",
                    found.nodes
                from (
                select
                    count(*) > $2 as more,
                    max(p.cursor) filter (where p.place = $2) as cursor,
                    coalesce(json_agg(p.node order by p.place) filter (where p.place <= $2), '[]') as nodes
                from (
                    select
                        row_number() over (order by p.sort_name, p.id) as place,
                        encode(convert_to(p.sort_name || p.id, 'UTF8'), 'base64') as cursor,
                        (select row_to_json(node) from (
                            select
                                'par_' || replace(p.id::text, '-', '') as id, p.title, upper(p.status) as status,
                                (
                                    select row_to_json(o) from (
                                        select
                                            'org_' || replace(o.id::text, '-', '') as id, o.name,
                                            translate(upper(o.kind), ' ''', '_') as kind
                                        from school.organisation o
                                        where o.school_id = $1 and o.id = p.organisation_id
                                    ) o
                                ) as organisation,
                                (
                                    select coalesce(json_agg(row_to_json(o)), '[]') from (
                                        select
                                            'out_' || replace(o.id::text, '-', '') as id, o.description, o.indicator,
                                            o.due_on as "dueOn"
                                        from school.agreed_outcome o
                                        where o.school_id = $1 and o.partnership_id = p.id
                                        order by o.created_at, o.id
                                    ) o
                                ) as outcomes,
                                (
                                    select coalesce(json_agg(row_to_json(r)), '[]') from (
                                        select
                                            'rol_' || replace(r.id::text, '-', '') as id, upper(r.side) as side,
                                            r.responsibility
                                        from school.role_declaration r
                                        where r.school_id = $1 and r.partnership_id = p.id
                                        order by r.created_at, r.id
                                    ) r
                                ) as roles,
                                (
                                    select row_to_json(s) from (
                                        select
                                            (
                                                select count(*)
                                                from school.session s
                                                join school.activity a on a.school_id = $1 and a.id = s.activity_id
                                                where s.school_id = $1 and a.partnership_id = p.id
                                            ) as "totalCount",
                                            (
                                                select coalesce(json_agg(row_to_json(s)), '[]') from (
                                                    select
                                                        'ses_' || replace(s.id::text, '-', '') as id,
                                                        s.held_on as "heldOn",
                                                        translate(upper(s.kind), ' ''', '_') as kind,
                                                        s.hours::text as hours
                                                    from school.session s
                                                    join school.activity a on a.school_id = $1 and a.id = s.activity_id
                                                    where s.school_id = $1 and a.partnership_id = p.id
                                                    order by s.held_on desc, s.id desc
                                                    limit 5
                                                ) s
                                            ) as nodes
                                    ) s
                                ) as sessions
                        ) node) as node
                    from (
                        select * from school.partnership p
                        where p.school_id = $1
                        order by p.sort_name, p.id
                        limit $2 + 1
                    ) p
                ) p
                ) found
            ) page
        ) as partnerships
    ) data) as data
) answer
"""

# $1 school, $2 session, $3 activity, $4 day, $5 kind, $6 hours, $7 led by, $8 designed by, $9 space, $10 job, $11 message.
RECORD_SESSION = """
with recorded as (
    insert into school.session (school_id, id, activity_id, held_on, kind, hours, led_by, designed_by, space)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning id, held_on, kind, hours
), queued as (
    insert into jobs.queue (message_id, state, message) values ($10, 'queued', $11)
)
select row_to_json(answer)::text from (
    select (select row_to_json(data) from (
        select (
            select row_to_json(session) from (
                select
                    'Session' as __typename, 'ses_' || replace(id::text, '-', '') as id, held_on as "heldOn",
                    translate(upper(kind), ' ''', '_') as kind, hours::text as hours, '[]'::json as participation
                from recorded
            ) session
        ) as "recordSession"
    ) data) as data
) answer
"""
