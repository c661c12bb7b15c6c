import base64
import json
import random
import uuid

from footbridge.tenancy.permission import Scope
from tests.gateway.client import school_path, trust_path

ALL = tuple(Scope)


def curs(*v):
    return base64.urlsafe_b64encode(json.dumps(list(v)).encode()).decode().rstrip("=")


random.seed(1)
RAND = "".join(chr(random.randrange(0x4E00, 0x9FFF)) for _ in range(9000))
RANDA = "".join(random.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(10000))


async def test_fuzz(give_token, world, sign_in, nobody):
    s = world.schools[0]
    t = world.trusts[0]
    tok = await give_token(s.head, *ALL)
    ttok = await give_token(t.executive, *ALL)
    sp, tp = school_path(s.urn), trust_path(t.uid)
    out = []

    async def q(client, path, query, label=None, **variables):
        r = await client.http.post(
            path,
            content=json.dumps({"query": query, "variables": variables}).encode(),
            headers={"content-type": "application/json"},
        )
        txt = r.text
        bad = r.status_code >= 500 or "UNEXPECTED" in txt
        out.append((bad, label or query[:90], r.status_code, txt[:260]))
        try:
            return r.json()
        except Exception:
            return None

    def k():
        return uuid.uuid4().hex

    # paths
    for p in ("/schools/%00/graphql", "/schools/%ff/graphql", "/schools/%ed%a0%80/graphql"):
        await q(tok, p, "{school{name}}", p)
    for p in ("/trusts/%00/graphql", "/trusts/%ed%a0%80/graphql"):
        await q(ttok, p, "{trust{name}}", p)
    # dates / periods
    for d in ("0001-01-01", "9999-12-31", "0001-09-01"):
        await q(tok, sp, "query($d: Date){school{periods(on:$d){code startsOn endsOn}}}", "periods school " + d, d=d)
        await q(ttok, tp, "query($d: Date){periods(on:$d){code startsOn endsOn}}", "periods trust " + d, d=d)
        await q(tok, sp, "query($d: Date){sessions(fromOn:$d, untilOn:$d){nodes{id}}}", "sessions " + d, d=d)
    for p in ("2025-26-Autumn ", "2025/26", "٢٠٢٥-٢٦", "1990-91", "2100-01", "2099-00", "\0", "2025-26\n"):
        await q(
            tok,
            sp,
            "query($p: String!){school{calendar(period:$p){id}} publicationPreview(period:$p){hash} }",
            "period " + repr(p),
            p=p,
        )
        await q(
            ttok,
            tp,
            'query($p: String!){comparison(measureId:"attendance",period:$p){coverage}}',
            "cmp period " + repr(p),
            p=p,
        )
    await q(ttok, tp, 'query($m: ID!){comparison(measureId:$m,period:"2024-25"){coverage}}', "measure NUL", m="\0")
    await q(ttok, tp, "query($m: String!){school(urn:$m){id}}", "trust school urn NUL", m="\0")
    await q(ttok, tp, '{school(urn:"\\u0000"){id}}', "trust school urn NUL literal")
    # cursors
    u = str(uuid.uuid4())
    for name, fld, kind in (
        ("observations", "observations", "dt"),
        ("releases", "releases", "dt"),
        ("access records", "accessRecords", "dt"),
        ("sessions", "sessions", "d"),
        ("activities", "activities", "s"),
        ("partnerships", "partnerships", "s"),
    ):
        vals = {
            "dt": [
                "2025-01-01T00:00:00",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-14:00",
                "2025-01-01",
                "2025-W01-1T00:00:00Z",
                1,
                True,
                None,
                {"a": 1},
                "1" * 5000,
            ],
            "d": ["0001-01-01", "9999-12-31", "2025-01-01T00:00:00Z", 5],
            "s": ["\ud800", "\0", "x" * 100000, "", 5],
        }[kind]
        for v in vals:
            c = curs(name, v, u)
            await q(
                tok,
                sp,
                "query($c:String){%s(first:2147483647, after:$c){pageInfo{hasNextPage}}}" % fld,
                f"cursor {name} {str(v)[:40]!r}",
                c=c,
            )
    for c in (
        "",
        "=",
        "é",
        "bnVsbA",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b"[" * 100000).decode(),
        base64.b64encode(b"1e999").decode(),
        base64.b64encode(b"{}").decode(),
        curs("observations"),
        curs("observations", "2025-01-01T00:00:00+00:00", "0" * 32),
        curs("observations", "2025-01-01T00:00:00+00:00", "{" + u + "}"),
        base64.b64encode(b"9" * 5000).decode(),
    ):
        await q(
            tok,
            sp,
            "query($c:String){observations(last:3, before:$c, after:$c){pageInfo{hasNextPage}}}",
            f"cursor raw {c[:30]!r}",
            c=c,
        )
    for a in ("first:-1", "last:-1", "first:1,last:1", "first:0", "last:0", "first:2147483648"):
        await q(tok, sp, "{observations(%s){pageInfo{hasNextPage hasPreviousPage startCursor}}}" % a, a)
    # ids
    for i in (
        "",
        "act_",
        "act_" + "0" * 32,
        "act_" + "٣" * 32,
        "act_{" + "0" * 30 + "}",
        "act_" + "-" * 32,
        "act_-" + "0" * 31,
        "par_" + "0" * 32,
        "act_0_0_" + "0" * 28,
        "act_\0" + "0" * 31,
        "act_" + "f" * 32,
    ):
        await q(tok, sp, "query($i:ID!){activity(id:$i){id}}", f"id {i!r}", i=i)
    # texts
    texts = {
        "nul": "a\0b",
        "randcjk": RAND,
        "randascii": RANDA,
        "combining": "\u0301",
        "bidi": "\u202e",
        "200k": "a" * 200000,
        "space": "\u2003",
        "rand100k": "".join(random.choice("abcdefghijklmnop0123456789") for _ in range(100000)),
    }
    for n, txt in texts.items():
        await q(
            tok,
            sp,
            "mutation($t:String!,$k:ID!){addActivity(title:$t,category:WIDER_LIFE_SKILLS,idempotencyKey:$k){__typename ...on Refusal{code message}}}",
            "activity title " + n,
            t=txt,
            k=k(),
        )
        await q(
            tok,
            sp,
            "mutation($t:String!,$k:ID!){addOrganisation(name:$t,kind:CHARITY,idempotencyKey:$k){__typename ...on Refusal{code message}}}",
            "org name " + n,
            t=txt,
            k=k(),
        )
        await q(
            tok,
            sp,
            'mutation($t:String!,$k:ID!){addOrganisation(name:"Org %s",kind:CHARITY,identifier:$t,idempotencyKey:$k){__typename ...on Refusal{code message}}}'
            % n,
            "org identifier " + n,
            t=txt,
            k=k(),
        )
        await q(
            tok,
            sp,
            'mutation($t:String!,$k:ID!){prepareRelease(period:"2023-24",measures:[{measureId:"pupil-participation",contextNote:$t}],idempotencyKey:$k){__typename ...on ReleaseRefusal{code message}}}',
            "note " + n,
            t=txt,
            k=k(),
        )
        await q(
            tok,
            sp,
            'mutation($t:String!,$k:ID!){importObservations(rows:[{measureId:"attendance",period:"2023-24",source:$t,numerator:1,denominator:2,pupils:3}],idempotencyKey:$k){__typename ...on Refusal{code message}}}',
            "source " + n,
            t=txt,
            k=k(),
        )
        await q(
            tok,
            sp,
            'mutation($t:ID!,$k:ID!){importObservations(rows:[{measureId:$t,period:"2023-24",source:"x",numerator:1,denominator:2,pupils:3}],idempotencyKey:$k){__typename ...on Refusal{code message}}}',
            "measureId " + n,
            t=txt,
            k=k(),
        )
        await q(
            tok,
            sp,
            'mutation($t:String!,$k:ID!){importObservations(rows:[{measureId:"attendance",period:"2023-24",source:"s",percentage:$t,roll:100,pupils:3}],idempotencyKey:$k){__typename ...on Refusal{code message}}}',
            "percentage " + n,
            t=txt,
            k=k(),
        )
        await q(
            tok,
            sp,
            'mutation($t:String!,$k:ID!){signRelease(releaseId:"rel_%s",previewHash:$t,idempotencyKey:$k){__typename ...on ReleaseRefusal{code message}}}'
            % ("0" * 32),
            "hash " + n,
            t=txt,
            k=k(),
        )
    o = await q(
        tok,
        sp,
        'mutation($k:ID!){addOrganisation(name:"Café",kind:CHARITY,idempotencyKey:$k){__typename ...on Organisation{id}}}',
        "cafe",
        k=k(),
    )
    await q(
        tok,
        sp,
        'mutation($k:ID!){addOrganisation(name:"CAFE",kind:CHARITY,idempotencyKey:$k){__typename ...on Organisation{id name}}}',
        "cafe2",
        k=k(),
    )
    oid = o["data"]["addOrganisation"]["id"]
    P = "mutation($i:PartnershipInput!,$k:ID!){addPartnership(input:$i,idempotencyKey:$k){__typename ...on Refusal{code message} ...on Partnership{id}}}"
    base = {"organisationId": oid, "title": "T", "needSchool": "n"}
    elements = {"outcomes": [{"description": "d", "indicator": "i", "dueOn": "2025-01-01", "target": "9999999999.99"}]}
    for n, txt in texts.items():
        for f in ("title", "needSchool", "needPartner"):
            await q(tok, sp, P, f"partnership {f} {n}", i=base | {f: txt}, k=k())
        for e in (
            {"outcomes": [{"description": txt, "indicator": "i", "dueOn": "2025-01-01"}]},
            {"outcomes": [{"description": "x", "indicator": "i", "dueOn": "2025-01-01", "target": txt}]},
            {"roles": [{"side": "SCHOOL", "responsibility": txt}]},
            {"benefits": [{"side": "SCHOOL", "benefit": txt}]},
            {"venue": {"name": txt, "space": "OURS"}},
            {"venue": {"name": "x", "space": "OURS", "reason": txt}},
            {"youthVoice": {"space": txt, "voice": txt, "audience": "a", "influence": "b"}},
        ):
            await q(tok, sp, P, f"partnership el {list(e)} {n}", i=base | {"elements": e}, k=k())
    await q(tok, sp, P, "outcome big target", i=base | {"elements": elements}, k=k())
    for st in ("PROPOSED", "AGREED", "ACTIVE", "PAUSED", "ENDED"):
        for sd in (None, "0001-01-01", "9999-12-31", "2025-01-01"):
            for ed in (None, "0001-01-01", "9999-12-31"):
                r = await q(
                    tok,
                    sp,
                    P,
                    f"partnership {st} {sd} {ed}",
                    i=base | {"status": st, "startsOn": sd, "endedOn": ed},
                    k=k(),
                )
                pid = ((r or {}).get("data") or {}).get("addPartnership", {}).get("id") if r else None
                if pid:
                    for st2 in ("PROPOSED", "ACTIVE", "PAUSED", "ENDED"):
                        for on in ("0001-01-01", "9999-12-31", "2020-01-01"):
                            await q(
                                tok,
                                sp,
                                "mutation($p:ID!,$s:Status!,$o:Date!,$k:ID!){changePartnershipStatus(partnershipId:$p,status:$s,on:$o,idempotencyKey:$k){__typename ...on Refusal{code message}}}",
                                f"status {st} {sd} {ed}->{st2} {on}",
                                p=pid,
                                s=st2,
                                o=on,
                                k=k(),
                            )
    # sessions
    a = await q(
        tok,
        sp,
        'mutation($k:ID!){addActivity(title:"A",category:WIDER_LIFE_SKILLS,idempotencyKey:$k){...on Activity{id}}}',
        k=k(),
    )
    aid = a["data"]["addActivity"]["id"]
    S = "mutation($i:SessionInput!,$k:ID!){recordSession(input:$i,idempotencyKey:$k){__typename ...on Refusal{code message} ...on Session{id}}}"
    sb = {
        "activityId": aid,
        "heldOn": "2024-10-10",
        "kind": "WORKSHOP",
        "hours": "1",
        "ledBy": "PUPILS",
        "designedBy": "PUPILS",
        "space": "OURS",
    }
    M = 2147483647
    cases = [
        {"heldOn": "0001-01-01"},
        {"heldOn": "9999-12-31"},
        {"hours": "0.004"},
        {"hours": "24.01"},
        {"hours": "-1"},
        {"hours": "NaN"},
        {"hours": "1e5"},
        {"hours": "9999999999.99"},
        {"hours": ""},
        {"hours": "\0"},
        {"hours": "٣"},
        {"participation": [{"audience": "PUPILS", "attended": M, "invited": M, "eligible": M}], "hours": "24"},
        {"participation": [{"audience": "PUPILS", "attended": -1}]},
        {"participation": [{"audience": "PUPILS", "attended": M + 1}]},
        {"participation": [{"audience": "PUPILS", "attended": 1}, {"audience": "PUPILS", "attended": 1}]},
        {"participation": [{"audience": "PUPILS", "attended": 1, "invited": -5}]},
        {"kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 3, "pupils": M, "inPerson": M, "byPhone": 0}]},
        {"kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 3, "pupils": M, "inPerson": M, "byPhone": M}]},
        {"kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 4, "pupils": -1, "inPerson": 0}]},
        {"kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 99999, "pupils": 3, "inPerson": 1}]},
        {"kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 3, "pupils": 3, "inPerson": 1}] * 2},
        {"kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 5, "pupils": 0, "inPerson": 0}]},
        {"activityId": "act_" + "0" * 32},
        {"youthVoice": {"space": "a\0", "voice": "b", "audience": "c", "influence": "d"}},
        {"youthVoice": {"space": " ", "voice": "b", "audience": "c", "influence": "d"}},
        {"participation": [{"audience": "PUPILS", "attended": 1}] * 1500},
    ]
    for c in cases:
        await q(tok, sp, S, "session " + json.dumps(c)[:100], i=sb | c, k=k())
    for _ in range(25):
        await q(
            tok,
            sp,
            S,
            "session huge",
            i=sb | {"participation": [{"audience": "PUPILS", "attended": M}], "hours": "24"},
            k=k(),
        )
    await q(
        tok,
        sp,
        '{figure(measureId:"contact-hours",period:"2024-25"){numerator rate} publicationPreview(period:"2024-25"){hash cells{state numerator rate}}}',
        "preview w. huge contact hours",
    )
    await q(
        tok,
        sp,
        'mutation($k:ID!){prepareRelease(period:"2024-25",measures:[{measureId:"contact-hours"}],idempotencyKey:$k){__typename ...on ReleaseRefusal{code message}}}',
        "prepare huge contact hours",
        k=k(),
    )
    O = "mutation($r:[ObservationInput!]!,$k:ID!){importObservations(rows:$r,idempotencyKey:$k){__typename ...on Refusal{code message}}}"
    ob = {"measureId": "attendance", "period": "2023-24", "source": "s", "numerator": 5, "denominator": 10, "pupils": 5}
    for c in (
        {"pupils": -1},
        {"pupils": 0},
        {"pupils": M},
        {"numerator": M, "denominator": M},
        {"numerator": -1},
        {"denominator": 0},
        {"numerator": None, "denominator": None, "percentage": "NaN", "roll": 100},
        {"numerator": None, "denominator": None, "percentage": "Infinity", "roll": M},
        {"numerator": None, "denominator": None, "percentage": "99.99999999999999999999999", "roll": M},
        {"numerator": None, "denominator": None, "percentage": "1e-999999", "roll": 5},
        {"numerator": None, "denominator": None, "percentage": "-0", "roll": 5},
        {"measureId": "Attendance"},
        {"measureId": "1"},
        {"measureId": "ATTENDANCE "},
        {"period": "2023/24-AUTUMN "},
        {"period": "9999-00"},
        {"source": "\u2028"},
    ):
        await q(tok, sp, O, "obs " + json.dumps(c), r=[ob | c], k=k())
    await q(tok, sp, O, "obs 1001", r=[ob] * 1001, k=k())
    await q(tok, sp, O, "obs 0", r=[], k=k())
    await q(tok, sp, O, "obs dup conflict", r=[ob, ob | {"numerator": 4}], k=k())
    # docs
    docs = [
        "mutation{__typename}",
        'mutation{...F} fragment F on Mutation{addActivity(title:"x",category:WIDER_LIFE_SKILLS,idempotencyKey:"frag1"){__typename} b:addActivity(title:"y",category:WIDER_LIFE_SKILLS,idempotencyKey:"frag2"){__typename}}',
        'mutation{...on Mutation{addActivity(title:"x",category:WIDER_LIFE_SKILLS,idempotencyKey:"frag3"){__typename}}}',
        'mutation{addActivity(title:"x",category:WIDER_LIFE_SKILLS,idempotencyKey:"skip1") @skip(if:true){__typename}}',
        'mutation($k:ID!="dflt"){addActivity(title:"x",category:WIDER_LIFE_SKILLS,idempotencyKey:$k){__typename}}',
        'mutation{addActivity(title:"x",category:WIDER_LIFE_SKILLS,idempotencyKey:5){__typename}}',
        'mutation{addActivity(title:"x",category:WIDER_LIFE_SKILLS,idempotencyKey:"""blk"""){__typename}}',
        'mutation{addActivity(title:"a\\u0000b",category:WIDER_LIFE_SKILLS,idempotencyKey:"lit0"){__typename ...on Refusal{code message}}}',
        'mutation{addActivity(title:"a\\u{110000}b",category:WIDER_LIFE_SKILLS,idempotencyKey:"lit1"){__typename}}',
        'mutation{addActivity(title:"a\\uD800b",category:WIDER_LIFE_SKILLS,idempotencyKey:"lit2"){__typename}}',
        "{schol{name}}",
        "{school{nme}}",
        "{ __schema { types { name } } }",
        "subscription{x}",
        "",
        "#",
        "fragment F on Query{school{name}}",
        "{school{name}} {school{name}}",
        "query A{school{name}} query A{school{name}}",
        "type X{a:Int}",
        "{school{name @nope}}",
        "{" * 2000,
        "{" + "...F " * 10 + "} fragment F on Query{school{name}}",
        "{...F} fragment F on Query{...F}",
        "query($a:Nope){school{name}}",
        "{a:school{name} ...on School{name}}",
        "query @skip(if:true){school{name}}",
    ]
    for d in docs:
        await q(tok, sp, d, "doc " + d[:80])
    # bodies
    for label, body in (
        ("nan", b'{"query":"{school{name}}","variables":{"x":NaN}}'),
        ("1e999", b'{"query":"query($d:Int){school{name}}","variables":{"d":1e999}}'),
        (
            "bigint",
            b'{"query":"query($d:Int){observations(first:$d){nodes{id}}}","variables":{"d":' + b"9" * 400 + b"}}",
        ),
        ("surr", b'{"query":"{school{name}}","variables":{"x":"\\ud800"}}'),
        ("deep", b'{"query":"{school{name}}","variables":{"x":' + b"[" * 5000 + b"]" * 5000 + b"}}"),
        ("deep1000", b'{"query":"{school{name}}","variables":{"x":' + b"[" * 900 + b"]" * 900 + b"}}"),
        ("list", b"[]"),
        ("null", b"null"),
        ("vlist", b'{"query":"{school{name}}","variables":[]}'),
        ("vlist1", b'{"query":"{school{name}}","variables":[1]}'),
        ("dupkeys", b'{"query":"{school{name}}","query":"{x}"}'),
        ("bom", b'\xef\xbb\xbf{"query":"{school{name}}"}'),
        ("utf16", '{"query":"{school{name}}"}'.encode("utf-16")),
        ("opname int", b'{"query":"{school{name}}","operationName":1}'),
        ("opname empty", b'{"query":"query A{school{name}}","operationName":""}'),
        ("empty", b""),
    ):
        r = await tok.http.post(sp, content=body, headers={"content-type": "application/json"})
        out.append((r.status_code >= 500 or "UNEXPECTED" in r.text, "body " + label, r.status_code, r.text[:200]))
    deepvars = {"x": None}
    v = cur = {}
    for _ in range(600):
        cur["elements"] = {}
        cur = cur["elements"]
    await q(tok, sp, P, "deep input object", i=base | {"elements": v}, k=k())
    # sign-in pages
    http = nobody.http

    async def form(path, data, label, **h):
        r = await http.post(path, content=data, headers={"content-type": "application/x-www-form-urlencoded", **h})
        out.append((r.status_code >= 500, label, r.status_code, r.text[-200:] + str(r.headers.get("location"))))

    for e in (
        b"email=a%00b@kestrelword.example",
        b"email=" + b"a" * 1000000 + b"@x.example",
        b"email=%ff@%ff",
        b"email=a@" + b"x" * 64 + b".example",
        b"email=a%0d%0aSet-Cookie:x@kestrelword.example",
        "email=a@ñ.example".encode(),
        b"email=a@" + b"a." * 200 + b"example",
        b"email=@",
        b"",
        b"=&" * 3000,
        b"email=%3Cscript%3Ealert(1)%3C/script%3E@x.example",
        b"email=a@\xed\xa0\x80.example",
    ):
        await form("/sign-in", e, "signin " + repr(e[:50]))
        await form("/act-as", e.replace(b"email", b"post"), "actas " + repr(e[:50]))
    await form("/sign-out", b"", "sign-out nobody")
    r = await http.post(
        "/sign-in", content=b"--x\r\nbroken", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    out.append((r.status_code >= 500, "multipart broken", r.status_code, r.text[:200]))
    r = await http.post("/sign-in", content=b"x", headers={"content-type": "multipart/form-data"})
    out.append((r.status_code >= 500, "multipart no boundary", r.status_code, r.text[:200]))
    for c in ("?state=%ed%a0%80", "?state=%00", "?state=" + "a" * 5000, "?code=x", "?state=a&state=b"):
        r = await http.get("/sign-in/callback" + c)
        out.append((r.status_code >= 500, "callback " + c[:30], r.status_code, r.text[-150:]))
    for c in ("a" * 43, "\xff", '"quoted"', ""):
        r = await http.get("/me", headers={"cookie": ("footbridge_session=" + c).encode("latin-1")})
        out.append((r.status_code >= 500, "cookie " + repr(c), r.status_code, r.text[:150]))
    r = await http.get("/", headers={"host": "evil\\x"})
    out.append((r.status_code >= 500, "host weird", r.status_code, r.text[:100]))
    for h in ("evil.example", "", "a b", "[::1", "x:99999999"):
        r = await http.post("/sign-out", headers={"host": h})
        out.append((r.status_code >= 500, "host " + h, r.status_code, str(r.headers.get("location"))))
        r = await http.post(
            "/sign-in",
            content=b"email=a@kestrelword.example",
            headers={"host": h, "content-type": "application/x-www-form-urlencoded"},
        )
        out.append((r.status_code >= 500, "signin host " + h, r.status_code, str(r.headers.get("location"))))
    for o in ("null", "http://[", "evil", "http://127.0.0.1:8000.evil", "http://127.0.0.1:8000@evil"):
        for p in ("/sign-out", sp):
            r = await http.post(p, headers={"origin": o})
            out.append((r.status_code >= 500, f"origin {o} {p}", r.status_code, r.text[:100]))
    with open("/tmp/attack/fuzz.txt", "w") as f:
        for o in sorted(out, key=lambda x: not x[0]):
            f.write(("BAD " if o[0] else "ok  ") + f"{o[1]!r} {o[2]} {o[3]!r}\n")
