"""E-mail through a Django mail backend: SMTP, or one of anymail's (Brevo, Mailjet, Postmark…)."""

from smtplib import SMTPRecipientsRefused, SMTPResponseException

from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from medidesk.messaging.errors import ProviderRefused, ProviderUnavailable
from medidesk.messaging.providers import Parcel

TIMEOUT_SECONDS = 10


class TransportProvider:
    """Hands e-mails to the backend that MEDIDESK_EMAIL_BACKEND names."""

    name = "transport"
    parallel = True

    def send(self, parcel: Parcel) -> str:
        """Send one e-mail; its Message-ID is the operation, so that a mailbox recognises a second copy."""
        domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
        message_id = f"<{parcel.operation_id}@{domain}>"
        headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
        mail = EmailMultiAlternatives(parcel.subject, parcel.text, to=[parcel.to], headers=headers)
        mail.connection = get_connection(settings.MEDIDESK_EMAIL_BACKEND)
        if parcel.html:
            mail.attach_alternative(parcel.html, "text/html")
        try:
            mail.send()
        except (AnymailRecipientsRefused, AnymailInvalidAddress, SMTPRecipientsRefused) as error:
            raise ProviderRefused(type(error).__name__) from error
        except (SMTPResponseException, AnymailRequestsAPIError) as error:
            raise _verdict(error) from error
        except OSError as error:
            raise ProviderUnavailable(type(error).__name__) from error
        return message_id


def _verdict(error: SMTPResponseException | AnymailRequestsAPIError) -> ProviderRefused | ProviderUnavailable:
    """Permanent or not: SMTP says 5xx for good, HTTP says 4xx (429 excepted)."""
    if isinstance(error, SMTPResponseException):
        return ProviderRefused(str(error.smtp_code)) if error.smtp_code >= 500 else ProviderUnavailable(str(error.smtp_code))
    code = getattr(error, "status_code", None) or 0
    return ProviderRefused(str(code)) if 400 <= code < 500 and code != 429 else ProviderUnavailable(str(code))
