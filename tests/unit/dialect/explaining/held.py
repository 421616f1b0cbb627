"""Messages held here for explanations, each with its dialect: made up, in the shapes that their senders use."""

from unit.dialect.messages import EVENT, ORDER, PERSON, PRACTICE, RESULT, VISIT, message, with_field


def _lines(text: str) -> bytes:
    return text.replace("\n", "\r").encode()


HOMERTON = _lines(
    r"""MSH|^~\&|P0999|HOMERTON|TIE|HOMERTON|20260301083000||ADT^A01|9||2.3
EVN|A01|20260301083000
PID|1|77^^^Case Note Number^MRN|77^^^Case Note Number^CNN~99^^^Person ID^Person ID||Holt^Miriam^^^Mrs^^Current||19710604|Female|Holt^Mim^^^^^Preferred|""|4 Quay^^^Elmford^ZZ99 1AA^""^Home||01632960041^Mobile Number^Tel||English|Married||5501^^^FIN^Encounter No.|9990000018|||""|||||||||No||Trace in Progress
PV1|1|Inpatient|Heron^Bay A^A4^HOMERTON UNIVER^^Bed(s)^Main|Emergency-GP|||8950^Ito^Ken^^^^^^POOL^Personnel^^^OTHER~C9999101^Ito^Ken^^^^^^""^Personnel^^^COMMUNITY DR NBR|||Cardiology||||Usual Place of Residence||||Inpatient|8101^^^^Attendance No.|||||||||||||||||||||HOMERTON UNIVER||Active|||20260301082500
"""
)

_MILLENNIUM = r"MSH|^~\&|MILLENNIUM|{facility}|TIE|RZY|20260301083000||ADT^{event}|1|P|2.3|||AL||44|8859/1"
_PERSON = "PID|1|77^^^Weir MRN^MRN^|77^^^Weir MRN^MRN^CD:529~9990000018^^^NHSNBR^NHSNMBR||Holt^Miriam^Ruth^^Mrs^^CURRENT||19710604|2|Holt^Mim^^^^^PREFERRED||4 Quay^^Elmford^^ZZ99 1AA^GBR^HOME||01632960041^HOME^CD:407|||||5501^^^Weir FIN^FINNBR^||||N"
_KIN = "NK1|1|Holt^Karl^^^^^CURRENT|BROTHER|9 Weir Lane^^Elmford^^ZZ99 2CD||01632960022||FAMILYMEM"
_VISIT = "PV1|1|INPATIENT|Heron^Bay A^A4^WEI^^BED^WEI|21|||C9999101^Ito^Ken^^^^^^NHSCSLTNBR~8950^Ito^Ken^^^^^^DRNBR|||320||||19||||INPATIENT|8101^^^VISITID||||||||||||||||||||WEI||ACTIVE|||20260301082500"


def _millennium(event: str, *segments: str, facility: str = "RZY") -> bytes:
    header = _MILLENNIUM.format(event=event, facility=facility)
    return "\r".join((header, f"EVN|{event}|20260301083000", *segments, "")).encode()


_BLT = "2.16.840.1.113883.3.2540"
_AT_BARTS = rf"PID|1||700401^^^{_BLT}.1~9990000018^^^NHSNBR^NHSNMBR||Holt^Miriam^^^Mrs^^Current||19710604|Female|||4 Quay^^Elmford^^ZZ99 1AA^GBR^Home||||||||5501^^^FIN"
_RECURRING = "PV1|1|RECURRING|Heron^Bay A^A4^MAIN||||C9999101^Ito^Ken^^^^^^NHSPRSNLID~8950^Ito^Ken^^^^^^DRNBR||||||||||||8101^^^VISITID|||||||||||||||||||||||||20260301082500"

ROYAL_FREE = _lines(
    r"""MSH|^~\&|CERNER|RAL|TIE|WARD|20260714093015||ADT^A01|C1|T|2.3|||AL||44|8859/1
EVN|R01|20260714093012|||895000000001^Vance^Petra^^^Ms^^^DRNBR^PRSNL^^^ORGDR
PID|1|700101^^^RAL MRN^MRN^|700101^^^RAL MRN^MRN^CD:5294405~9990000050^^^NHSNBR^NHSNMBR||BARAKAT^NOUR^HANA^^MS^^CURRENT||19661130|2|AZIZ^NOUR^^^MISS^^PREVIOUS||12 Weir Lane^Upper Ford^ELMFORD^^ZZ99 2CD^GBR^HOME^^||01632960021^HOME^CD:4072430~07700900021^CD:4580206||||QUAKER|5500101^^^RAL Encounter Num^FINNBR^||||N|||0|||||
NK1|1|AZIZ^SAMI^^^^^CURRENT|BROTHER|9 Weir Lane^^ELMFORD^^ZZ99 2CD^^^^|01632960022||FAMILYMEM|||||||||||||
PV1|1|INPATIENT|RAL 8 WEST^Bay02^Bed07^RAL RF^^BED^RFH|21|||C9999101^Ito^Kenji^^^^^^NHSCSLTNBR^PRSNL^^^NONGP^~895000000101^Ito^Kenji^^^Dr^^^DRNBR^PRSNL^^^ORGDR^|||||||19||||INPATIENT|8100101^^^^VISITID||||||||||||||||||||RAL RF||ACTIVE|||20260714074500
"""
)

HELD = {
    "held: itk admission": (message("ADT^A01", EVENT, PERSON, PRACTICE, VISIT), "itk-2.4"),
    "held: itk in lorenzo": (
        message("ADT^A03", EVENT, PERSON, PRACTICE, with_field(VISIT, 45, "202603021200")),
        "lorenzo",
    ),
    "held: itk merge": (message("ADT^A40", EVENT, PERSON, "MRG|M41^^^RXX"), "st-elsewhere"),
    "held: itk result": (message("ORU^R01", PERSON, VISIT, ORDER, RESULT, "NTE|1||seen twice"), "itk-2.4"),
    "held: homerton": (HOMERTON, "millennium-homerton"),
    "held: millennium admission": (_millennium("A01", _PERSON, _KIN, _VISIT), "millennium-uk"),
    "held: millennium discharge": (
        _millennium("A03", _PERSON, with_field(_VISIT, 45, "20260302110000")),
        "millennium-uk",
    ),
    "held: millennium merge": (_millennium("A34", _PERSON, "MRG|76^^^Weir MRN^MRN^CD:529"), "millennium-uk"),
    "held: barts admission": (_millennium("A01", _AT_BARTS, _RECURRING, facility=_BLT), "millennium-barts"),
    "held: barts merge": (
        _millennium("A34", _AT_BARTS, f"MRG|700402^^^{_BLT}.1", facility=_BLT),
        "millennium-barts",
    ),
    "held: royal free": (ROYAL_FREE, "millennium-royal-free"),
}
"""By name: the message, and the dialect that it is read in."""
