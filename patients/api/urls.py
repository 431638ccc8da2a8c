"""The patients' doors under /api/v1/."""

from medidesk.api.doors import Operation, door
from medidesk.api.fields import Field, Record
from medidesk.api.kinds import Text
from medidesk.api.paging import PAGING
from patients.api import doors
from patients.api.shapes import KNOWN, PATIENT

READ, WRITE = "patients:read", "patients:write"
QUERY = (Field("q", Text(200), None, doc="parties du nom, téléphone ou date de naissance"), *PAGING)
FIELDS = (*PATIENT.writable, KNOWN)

urlpatterns = [
    door(
        "patients",
        GET=Operation(doors.list_patients, "Trouver ou lister des patients", READ, query=QUERY, shows=PATIENT.listing()),
        POST=Operation(
            doors.create_patient, "Créer un patient", WRITE, 201, body=Record(FIELDS), shows=PATIENT.schema(), refusals=(409, 422)
        ),
    ),
    door(
        "patients/<str:id>",
        GET=Operation(doors.get_patient, "Lire un patient", READ, find=doors.find, shows=PATIENT.schema()),
        PATCH=Operation(
            doors.change_patient,
            "Modifier un patient",
            WRITE,
            body=Record(FIELDS, partial=True),
            find=doors.find,
            if_match="needed",
            shows=PATIENT.schema(),
            refusals=(409, 422),
        ),
    ),
]
