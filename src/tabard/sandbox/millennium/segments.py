"""The pretend Millennium's ADT as plain text, HL7 v2.3, in the manner of English Millennium feeds.

Source: HL7 2.3 chapter 3; the shape of the one public English Millennium admission (Royal Free, google/simhospital).
"""

HEADER = r"MSH|^~\&|MILLENNIUM|$ods|TIE|$ods|$sent||$code^$trigger|$control_id|P|2.3|||AL||44|UNICODE UTF-8"
HAPPENED = "EVN|$trigger|$recorded|||895000428001^Registrar^Pat^^^Ms^^^DRNBR^PRSNL^^^ORGDR|$occurred"
PERSON = (
    "PID|1|$mrn^^^$authority MRN^MRN^|$identifiers||$family^$given^$middle^^$title^^CURRENT||$born|$sex|$earlier"
    "||$home^GBR^HOME^^||$phone^HOME^CD:4072430~$mobile^CD:4580206|||||$fin||||$ethnic|||0|||||"
)
STAY = (
    "PV1|1|$class|$place|28||$before|$consultant|$consultant||$specialty||||19||||$class|$visit^^^VISITID"
    "|||||||||||||||||$leave|$destination||MPR||$account|$pending||$admitted|$discharged"
)
OVERSEAS = "OBX|1|CD|PASOVERSEAS||8"
SITE = "OBX|2|CD|PASSITECODE||$site"
ALLERGY = "ZAL|SNAPSHOT|$recorded|4219059|4219059|$allergy|ACTIVE|||||$recorded||0"
VISIT_MERGED = "MRG|$absorbed^^^$authority MRN^MRN^CD:5294405||||$absorbed_visit^^^VISITID"
MERGED = "MRG|$absorbed^^^$authority MRN^MRN^CD:5294405"
