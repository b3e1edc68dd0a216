"""A QR code as SVG that stands inside a page."""

import segno


def svg(text: str) -> str:
    """The code of this text, as large as the page makes it; a quarter of it may be covered or torn."""
    code = segno.make_qr(text, error="q")
    return str(code.svg_inline(omitsize=True, border=2, dark="#14212B", light="#FFFFFF"))
