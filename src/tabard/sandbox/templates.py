"""The pretend Lorenzo's messages as plain text, in the way of the ITK HL7 v2 pack (HL7 2.4).

No public Lorenzo specification was found: this is the ITK pack's English ADT, which is the nearest public thing.
ORU, SIU and MDM are not in that pack; they follow HL7 2.4 chapters 7, 9 and 10 as English hospitals use them.
Source: ITK HL7 v2 message specifications 1.0; HL7 2.4 chapters 3 and 7.
"""

HEADER = (
    r"MSH|^~\&|$sender|$ods|ROUTE|ROUTE|$sent||$code^$trigger^$structure|$control_id|P|2.4|$sequence|$sent"
    r"|||GBR|UNICODE UTF-8|EN||ITKv1.0"
)
HAPPENED = "EVN||$recorded|||900000001^LORENZO^CLERK^^^Ms^^^$site|$occurred"
PERSON = (
    "PID|1||$identifiers||$family^$given^$middle^^$title^^L||$born|$sex|||$home^GBR^H||$phones||EN|||||||$ethnic"
    "||||||||||$nhs_status"
)
PRACTICE = "PD1|||$practice_name^^$practice_code|$gp_code^$gp_family^$gp_given^^^Dr^^^GMP"
STAY = (
    "PV1|1|$class|^$ward^$bed^$site|$method||$before|$consultant||$consultant|$specialty||||$source|||||$visit^^^VISITID"
    "|||||||||||||||||$leave|$destination|||||$pending||$admitted|$discharged"
)
NO_STAY = "PV1|1|N"
MERGED = "MRG|$absorbed^^^$ods"
VISIT_MERGED = "MRG|$absorbed^^^$ods||||$absorbed_visit^^^VISITID"
ORDER = "OBR|1|$order|$specimen^$source|$panel^$panel_name^$source|||$taken|||||||$taken||||||||$sent||$service|F"
RESULT = "OBX|$number|$type|$assay^$assay_name^$source^$loinc^^LN||$value|$unit|$range|$mark|||F|||$taken"
