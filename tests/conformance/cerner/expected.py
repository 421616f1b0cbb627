"""Messages of the two shapes, and what every one of them says, worked out by eye from the message and what is known of its sender."""

from collections.abc import Mapping
from typing import Any

ROYAL_FREE, HOMERTON = "millennium-royal-free", "millennium-homerton"

BY_AUTHORITY = r"""MSH|^~\&|CERNER|RAL|TIE|WARD|20260714093015||ADT^A01|C1|T|2.3|||AL||44|8859/1
EVN|R01|20260714093012|||895000000001^Vance^Petra^^^Ms^^^DRNBR^PRSNL^^^ORGDR
PID|1|700101^^^RAL MRN^MRN^|700101^^^RAL MRN^MRN^CD:5294405~9990000050^^^NHSNBR^NHSNMBR||BARAKAT^NOUR^HANA^^MS^^CURRENT||19661130|2|AZIZ^NOUR^^^MISS^^PREVIOUS||12 Weir Lane^Upper Ford^ELMFORD^^ZZ99 2CD^GBR^HOME^^||01632960021^HOME^CD:4072430~07700900021^CD:4580206||||QUAKER|5500101^^^RAL Encounter Num^FINNBR^||||N|||0|||||
NK1|1|AZIZ^SAMI^^^^^CURRENT|BROTHER|9 Weir Lane^^ELMFORD^^ZZ99 2CD^^^^|01632960022||FAMILYMEM|||||||||||||
PV1|1|INPATIENT|RAL 8 WEST^Bay02^Bed07^RAL RF^^BED^RFH|21||^^^^^^|C9999101^Ito^Kenji^^^^^^NHSCSLTNBR^PRSNL^^^NONGP^~895000000101^Ito^Kenji^^^Dr^^^DRNBR^PRSNL^^^ORGDR^|895000000102^Rossi^Lucia^^^^^^DRNBR^PRSNL^^^ORGDR^||CD:9912||||19||||INPATIENT|8100101^^^^VISITID||||||||||||||||||||RAL RF||ACTIVE|||20260714074500
OBX|1|CD|PASOVERSEAS||8
ZAL|SNAPSHOT|20260101104044|1|1|LATEX|ACTIVE|||||20260101104044|0
""".replace("\n", "\r")
BY_DISPLAY = r"""MSH|^~\&|P0241|HOMERTON|HOMERTON_TIE|HOMERTON|20260203101502||ADT^A31|Q1||2.3
EVN|A31|20260203101502|||101112^Vance^Petra^^^^^^PERSONNEL PRIMARY IDENTIFIER^Personnel^^^Personnel Primary Identifier^""
PID|1|700202^^^Homerton Case Note Number^MRN^""|700202^^^Homerton Case Note Number^CNN~500202^^^Person ID^Person ID||LINDQVIST^Arne^Olof^^Mr^^Current~~^SVEN^^^^^Alternate||19580307000000|Male|Holm^Arne^^^Mr^^Maiden~Linde^Arne^^^Mr^^Preferred|""|Flat 2^7 Mill Court^^Netherby^CA7 0ZZ^""^home^^""~THE OLD BARN^""^^""^^""^Previous^CARLISLE^""||(000)000-0000^Home^Tel~07700900031^Mobile Number^Tel~arne@example.org^Home^Email|01632960032^Business^Tel|Swedish|Widower|Lutheran|600202^^^Homerton FIN^Encounter No.^""|9990000077|||Other White|||0|""|""|""|20260202231000|Yes||Number Present and Verified
PD1|""|""||G9999982^ADEYEMI^FOLAKE^^01632960033^Y00002^NETHERBY PRACTICE^2 HIGH STREET^&NETHERBY&CA7 0YY^^^^^Q99|""||""|""
NK1|1|LINDQVIST^Siv^^^^^Current|""|Flat 2^7 Mill Court^^""^CA7 0ZZ^""^^^""|01632960034||Next of Kin|||||||||||||""
PV1|1|Inpatient|ELM WARD^ELM B^Bed 11^HOMERTON UNIVER^^Bed(s)^Homerton UH|Emergency-GP||ED Majors^""^""^HOMERTON UNIVER^^^Homerton UH|2233445^Ito^Ken^^^^^^PERSONNEL PRIMARY IDENTIFIER^Personnel^^^Personnel Primary Identifier^""~KITO^Ito^Ken^^^^^^Homerton Sysmed Prsnl Pool^Personnel^^^OTHER^""~C9999993^Ito^Ken^^^^^^""^Personnel^^^COMMUNITY DR NBR^""|""||Cardiology|""|""|""|19|""|""||Inpatient|5100202^0^""^^Attendance No.|""||""||||||||||||||Died in Department|Not Applicable-Died or Stillbirth|""|HOMERTON UNIVER||Active|||20260201184455
PV2||NHS|^FALL|""|||""|||0
""".replace("\n", "\r")
SENT = {
    "held: by authority": (ROYAL_FREE, "", BY_AUTHORITY),
    "held: by display": (HOMERTON, "", BY_DISPLAY),
    "held: by display, as an admission": (HOMERTON, "A01", BY_DISPLAY),
    "cerner-royalfree-A01-v23.hl7": (ROYAL_FREE, "", None),
    "cerner-homerton-A31-v23.hl7": (HOMERTON, "", None),
    "cerner-homerton-A31-v23.hl7, as an admission": (HOMERTON, "A01", None),
}
"""Each message's dialect, the trigger in whose place it is read where that is another, and the text of those held here."""

NHS, ODS = "https://fhir.nhs.uk/Id/nhs-number", "https://fhir.nhs.uk/Id/ods-organization-code"
CONSULTANT, GP = "https://fhir.hl7.org.uk/Id/consultant-code", "https://fhir.hl7.org.uk/Id/gmp-number"
CASE_NOTE, PERSON_ID = "urn:tabard:authority:Homerton%20Case%20Note%20Number", "urn:tabard:authority:Person%20ID"
PERSONNEL = "urn:tabard:practitioner:PERSONNEL%20PRIMARY%20IDENTIFIER"
POOL, PRSNL = "urn:tabard:practitioner:Homerton%20Sysmed%20Prsnl%20Pool", "urn:tabard:practitioner:NHS%20PRSNL%20ID"
DRNBR = "urn:tabard:practitioner:DRNBR"

ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
BROTHER = {"system": ROLES, "code": "BRO", "display": "brother"}
SPOUSE = {"system": ROLES, "code": "SPS", "display": "spouse"}
NEXT_OF_KIN = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N", "display": "Next-of-Kin"}],
    "text": "Next of Kin",
}

HELD_PERSON: Mapping[str, Any] = {
    "occurred": "2026-02-03T10:15:02+00:00",
    "identifiers": [("MR", CASE_NOTE, "700202"), ("PI", PERSON_ID, "500202"), (None, NHS, "9990000077")],
    "nhs_status": "01",
    "nhs_number_finds": "9990000077",
    "names": [
        ("official", "LINDQVIST", ["Arne", "Olof"], ["Mr"]),
        ("nickname", None, ["SVEN"], None),
        ("maiden", "Holm", ["Arne"], ["Mr"]),
        ("usual", "Linde", ["Arne"], ["Mr"]),
    ],
    "gender": "male",
    "birth": ("1958-03-07", None),
    "deceased": "2026-02-02T23:10:00+00:00",
    "addresses": [
        {"use": "home", "line": ["Flat 2", "7 Mill Court"], "district": "Netherby", "postalCode": "CA7 0ZZ"},
        {"use": "old", "line": ["THE OLD BARN", "CARLISLE"]},
    ],
    "telecoms": [
        ("phone", "07700900031", "mobile"),
        ("email", "arne@example.org", "home"),
        ("phone", "01632960032", "work"),
    ],
    "marital": ("W", "Widower"),
    "ethnic": ("C", "Other White"),
    "practice": (
        "Y00002",
        "NETHERBY PRACTICE",
        "01632960033",
        {"line": ["2 HIGH STREET"], "city": "NETHERBY", "postalCode": "CA7 0YY"},
    ),
    "gp": ([(GP, "G9999982")], "FOLAKE ADEYEMI"),
    "managing": "RQX",
    "next_of_kin": [
        {
            "relationship": [NEXT_OF_KIN],
            "name": {"use": "official", "family": "LINDQVIST", "given": ["Siv"]},
            "telecom": [{"system": "phone", "value": "01632960034"}],
            "address": {"line": ["Flat 2", "7 Mill Court"], "postalCode": "CA7 0ZZ"},
        }
    ],
}
HOMERTON_PERSON: Mapping[str, Any] = {
    "occurred": "2015-02-09T17:09:01+00:00",
    "identifiers": [("MR", CASE_NOTE, "999998"), ("PI", PERSON_ID, "111111"), (None, NHS, "9999999999")],
    "nhs_status": "06",
    "nhs_number_finds": None,
    "names": [
        ("official", "MIAH", ["Jane"], ["Miss"]),
        ("nickname", None, ["MIAH"], None),
        ("usual", "Miah", ["Janet"], ["Miss"]),
        ("old", "JONES", ["Jane"], ["Miss"]),
    ],
    "gender": "female",
    "birth": ("1978-10-30", None),
    "deceased": False,
    "addresses": [
        {"use": "home", "line": ["Flat 1", "15 Main Street"], "district": "London", "postalCode": "N1 1AA"},
        {"use": "old", "line": ["MAJOR HOUSE", "CHURCH ROAD", "LONDON"]},
    ],
    "telecoms": [("phone", "07777111111", "mobile")],
    "marital": None,
    "ethnic": ("C", "Eastern European"),
    "practice": (
        "F84040",
        "MAIN ROAD MEDICAL CENTRE",
        "020711111111",
        {"line": ["100 MAIN ROAD"], "city": "LONDON", "postalCode": "N1 1AA"},
    ),
    "gp": ([("urn:tabard:practitioner", "G88888888")], "JANET RICHARDSON"),
    "managing": "RQX",
    "next_of_kin": [
        {
            "relationship": [NEXT_OF_KIN],
            "name": {"use": "official", "family": "MIAH", "given": ["Richard"]},
            "telecom": [{"system": "phone", "value": "077777222333"}],
            "address": {"line": ["Flat 1", "15 Main Road"], "postalCode": "N1 1AA"},
        }
    ],
}
EXPECTED: dict[str, Mapping[str, Any]] = {
    "held: by authority": {
        "event": "admit",
        "occurred": "2026-07-14T08:30:12+00:00",
        "flags": {
            *(("unresolved-code", "PV1-10"), ("not-mapped", "OBX"), ("not-mapped", "ZAL")),
            *(("unknown-code", "PID-17"), ("unknown-code", "NK1-7")),
        },
        "identifiers": [("MR", "urn:tabard:authority:RAL%20MRN", "700101"), (None, NHS, "9990000050")],
        "nhs_status": None,
        "nhs_number_finds": "9990000050",
        "names": [("official", "BARAKAT", ["NOUR", "HANA"], ["MS"]), ("old", "AZIZ", ["NOUR"], ["MISS"])],
        "gender": "female",
        "birth": ("1966-11-30", None),
        "deceased": None,
        "addresses": [
            {
                "use": "home",
                "line": ["12 Weir Lane", "Upper Ford"],
                "city": "ELMFORD",
                "postalCode": "ZZ99 2CD",
                "country": "GBR",
            }
        ],
        "telecoms": [("phone", "01632960021", "home"), ("phone", "07700900021", None)],
        "marital": None,
        "ethnic": ("N", None),
        "practice": None,
        "gp": None,
        "managing": "RAL",
        "next_of_kin": [
            {
                "relationship": [{"coding": [BROTHER], "text": "BROTHER"}, {"text": "FAMILYMEM"}],
                "name": {"use": "official", "family": "AZIZ", "given": ["SAMI"]},
                "telecom": [{"system": "phone", "value": "01632960022"}],
                "address": {"line": ["9 Weir Lane"], "city": "ELMFORD", "postalCode": "ZZ99 2CD"},
            }
        ],
        "visit": [
            ("VN", "urn:tabard:visit:VISITID", "8100101"),
            ("AN", "urn:tabard:visit:RAL%20Encounter%20Num", "5500101"),
        ],
        "class": "IMP",
        "status": "in-progress",
        "places": [
            ("wa", "RAL 8 WEST", "urn:tabard:location:RAL%20RF", "RAL 8 WEST"),
            ("bd", "Bay02, Bed07", "urn:tabard:location:RAL%20RF", "RAL 8 WEST/Bay02/Bed07"),
        ],
        "here_since": "2026-07-14T09:30:12+01:00",
        "site": None,
        "doctors": [
            ("ATND", [(CONSULTANT, "C9999101"), (DRNBR, "895000000101")], "Dr Kenji Ito"),
            ("REF", [(DRNBR, "895000000102")], "Lucia Rossi"),
        ],
        "period": {"start": "2026-07-14T07:45:00+01:00"},
        "specialty": None,
        "admission_method": ("21", None),
        "discharge_method": None,
        "admit_source": ("19", None),
        "destination": None,
    },
    "held: by display": {
        **HELD_PERSON,
        "event": "update_person",
        "flags": {("unknown-code", "PID-15"), ("unknown-code", "PID-17")},
        "visit": None,
    },
    "held: by display, as an admission": {
        **HELD_PERSON,
        "event": "admit",
        "flags": {
            *(("unknown-code", "PID-15"), ("unknown-code", "PID-17")),
            *(("contradiction", "PV1-36"), ("contradiction", "PV1-37")),  # the visit goes on
        },
        "visit": [
            ("VN", "urn:tabard:visit:Attendance%20No.", "5100202"),
            ("AN", "urn:tabard:visit:Homerton%20FIN", "600202"),
        ],
        "class": "IMP",
        "status": "in-progress",
        "places": [
            ("wa", "ELM WARD", "urn:tabard:location:HOMERTON%20UNIVER", "ELM WARD"),
            ("bd", "ELM B, Bed 11", "urn:tabard:location:HOMERTON%20UNIVER", "ELM WARD/ELM B/Bed 11"),
        ],
        "here_since": "2026-02-03T10:15:02+00:00",
        "site": "RQXM1",
        "doctors": [("ATND", [(CONSULTANT, "C9999993"), (PERSONNEL, "2233445"), (POOL, "KITO")], "Ken Ito")],
        "period": {"start": "2026-02-01T18:44:55+00:00"},
        "specialty": ("320", "Cardiology"),
        "admission_method": ("22", "Emergency-GP"),
        "discharge_method": None,
        "admit_source": ("19", None),
        "destination": None,
    },
    "cerner-royalfree-A01-v23.hl7": {
        "event": "admit",
        "occurred": "2017-03-29T01:18:43+00:00",
        "flags": {
            (
                "bad-nhs-number",
                "PID-3",
            ),  # 1*10+2*9+3*8+1*7+2*6+3*5+1*4+2*3+3*2 = 102; 11 - 102 % 11 = 8, and 5 was sent
            ("contradiction", "EVN-2"),  # 28 months after the message was sent
            ("unknown-code", "PID-17"),
            ("unknown-code", "NK1-7"),
            ("unknown-code", "PV1-4"),
            ("not-mapped", "OBX"),
            ("not-mapped", "ZAL"),
        },
        "identifiers": [("MR", "urn:tabard:authority:RAL%20MRN", "843124"), (None, NHS, "1231231235")],
        "nhs_status": None,
        "nhs_number_finds": None,
        "names": [("official", "ZZZTEST", ["PAUL"], ["MR"]), ("old", "ZZZTEST", ["PAUL"], ["MR"])],
        "gender": "male",
        "birth": ("1900-05-24", None),
        "deceased": None,
        "addresses": [
            {
                "use": "home",
                "line": ["100 The Street", "Any Square"],
                "city": "LONDON",
                "postalCode": "ZZ99 1BA",
                "country": "GBR",
            }
        ],
        "telecoms": [("phone", "0205551234", "home")],  # the second is the same number, of a use that CD: hides
        "marital": None,
        "ethnic": ("C", None),
        "practice": None,
        "gp": None,
        "managing": "RAL",
        "next_of_kin": [
            {
                "relationship": [{"coding": [SPOUSE], "text": "SPOUSE"}, {"text": "FAMILYMEM"}],
                "name": {"use": "official", "family": "ZZZTESTWIFE", "given": ["JANE"]},
                "telecom": [{"system": "phone", "value": "02011115555"}],
                "address": {"line": ["96 The Street"], "city": "LONDON", "postalCode": "ZZ99 1AA"},
            }
        ],
        "visit": [
            ("VN", "urn:tabard:visit:VISITID", "6153479"),
            ("AN", "urn:tabard:visit:RAL%20Encounter%20Num", "3393034"),
        ],
        "class": "IMP",
        "status": "in-progress",
        "places": [
            ("wa", "RAL 10 EAST", "urn:tabard:location:RAL%20RF", "RAL 10 EAST"),
            ("bd", "Bay01, Bed10", "urn:tabard:location:RAL%20RF", "RAL 10 EAST/Bay01/Bed10"),
        ],
        "here_since": "2017-03-29T02:18:43+01:00",
        "site": None,
        "doctors": [
            ("ATND", [(CONSULTANT, "C3335493"), (DRNBR, "895000428014")], "Mark Harber"),
            ("REF", [(CONSULTANT, "C3335493"), (DRNBR, "895000428014")], "Mark Harber"),
        ],
        "period": {"start": "2014-11-27T18:00:00+00:00"},
        "specialty": ("361", None),
        "admission_method": (None, "28b"),
        "discharge_method": None,
        "admit_source": ("19", None),
        "destination": None,
    },
    "cerner-homerton-A31-v23.hl7": {
        **HOMERTON_PERSON,
        "event": "update_person",
        "flags": {("placeholder-nhs-number", "PID-19"), ("contradiction", "PID-2"), ("unknown-code", "PID-17")},
        "visit": None,
    },
    "cerner-homerton-A31-v23.hl7, as an admission": {
        **HOMERTON_PERSON,
        "event": "admit",
        "flags": {
            *(("placeholder-nhs-number", "PID-19"), ("contradiction", "PID-2"), ("unknown-code", "PID-17")),
            *(("unknown-code", "PV1-13"), ("unknown-code", "PV1-14"), ("contradiction", "PV1-36")),
            *(("bad-practitioner-code", "PV1-7"), ("bad-practitioner-code", "PV1-8")),  # C and 8 digits
        },
        "visit": [
            ("VN", "urn:tabard:visit:Attendance%20No.", "5000000"),
            ("AN", "urn:tabard:visit:Homerton%20FIN", "999999"),
        ],
        "class": "IMP",
        "status": "in-progress",
        "places": [
            ("wa", "HUH AE OMU", "urn:tabard:location:HOMERTON%20UNIVER", "HUH AE OMU"),
            ("bd", "OMU B, Bed 03", "urn:tabard:location:HOMERTON%20UNIVER", "HUH AE OMU/OMU B/Bed 03"),
        ],
        "here_since": "2015-02-09T17:09:01+00:00",
        "site": "RQXM1",
        "doctors": [
            (
                "ATND",
                [(CONSULTANT, "C10001000"), (PERSONNEL, "1122334"), (POOL, "ALAZ"), (PRSNL, "C20002000")],
                "Mohammed Alaz",
            ),
            ("REF", [(CONSULTANT, "C30010002"), (PERSONNEL, "3333444"), (POOL, "KUMAR")], "Alesh Kumar"),
        ],
        "period": {"start": "2015-02-08T11:34:19+00:00"},
        "specialty": ("180", "Accident and Emergency"),
        "admission_method": ("21", "Emergency-A&E/Dental"),
        "discharge_method": None,
        "admit_source": (None, "NHS Provider-General (inc.A&E-this Hosp)"),
        "destination": None,
    },
}
