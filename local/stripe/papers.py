"""What a person sees behind `receipt_url`, `hosted_invoice_url` and `invoice_pdf`."""

from datetime import UTC, datetime
from html import escape

from local.stripe.errors import Object

_FONT = b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def lines(stored: Object) -> list[str]:
    """Say an invoice or a charge in lines of text."""
    when = datetime.fromtimestamp(stored["created"], UTC).strftime("%Y-%m-%d")
    if stored["object"] == "charge":
        return [
            f"Receipt {stored['id']}",
            when,
            _money(stored["amount"], stored["currency"]),
            f"Status: {stored['status']}",
        ]
    bought = [
        f"{line['description']}: {_money(line['amount'], stored['currency'])}" for line in stored["lines"]["data"]
    ]
    total = f"Total: {_money(stored['total'], stored['currency'])}, status: {stored['status']}"
    return [f"Invoice {stored['number']}", when, *bought, total]


def html(text: list[str]) -> str:
    """Make a page."""
    title, *rest = (escape(line) for line in text)
    body = "".join(f"<p>{line}</p>" for line in rest)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>{body}</html>'


def pdf(text: list[str]) -> bytes:
    """Make a PDF of one page."""
    shown = [line.encode("latin-1", "replace").translate(None, b"()\\") for line in text]
    content = b"BT /F1 12 Tf 72 770 Td 18 TL " + b"".join(b"(%s) Tj T* " % line for line in shown) + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font %s >> >>" % _FONT,
        b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content),
    ]
    written, places = b"%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj %s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    ending = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + ending


def _money(amount: int, currency: str) -> str:
    return f"{amount / 100:,.2f} {currency.upper()}"
