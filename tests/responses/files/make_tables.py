"""Files of several kinds with the same small table, made by hand where no library writes them."""

import io
import struct
import zipfile

TABLE = [["who", "q1", "when", "remark"], ["p1", "4", "2026-01-02T03:04:05", "naïve – résumé"],
         ["p2", "2.5", "2026-01-03", "=1+1"], ["p3", "", "", "æøå"]]  # fmt: skip
_WORKBOOK_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
    b'package.relationships+xml"/><Default Extension="bin" ContentType="application/vnd.ms-excel.'
    b'sheet.binary.macroEnabled.main"/><Default Extension="xml" ContentType="application/xml"/>'
    b"</Types>"
)
_RELATIONS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'relationships">%s</Relationships>'
)
_RELATION = (
    b'<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/%s" Target="%s"/>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def archive(members, **options):
    """Give a zip archive of the members, by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def ods(cells):
    """Give an OpenDocument file; ``cells`` is the XML of the rows."""
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Answers">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:'
        'xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return archive({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def ods_table():
    """Give the table as LibreOffice writes it, with repeated empty cells and rows at the end."""

    def cell(text):
        if not text:
            return "<table:table-cell/>"
        if text.replace(".", "").isdigit():
            return f'<table:table-cell office:value-type="float" office:value="{text}"/>'
        if text[:4] == "2026":
            return f'<table:table-cell office:value-type="date" office:date-value="{text}"/>'
        return (
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>'
            "</table:table-cell>"
        )

    rows = [
        f"<table:table-row>{''.join(map(cell, row))}"
        '<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
        for row in TABLE
    ]
    end = (
        '<table:table-row table:number-rows-repeated="1048572">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return ods("".join(rows) + end)


def xlsx(rows, strings=None):
    """Give an Excel file; ``rows`` is the XML in sheetData, ``strings`` the shared texts."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    relations = _RELATION % (1, b"worksheet", b"worksheets/sheet1.xml")
    members = {
        "[Content_Types].xml": _WORKBOOK_TYPES,
        "_rels/.rels": _RELATIONS % (_RELATION % (1, b"officeDocument", b"xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/'
            '2006/relationships"><sheets><sheet name="Answers" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>"
        ),
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings is not None:
        relations += _RELATION % (2, b"sharedStrings", b"sharedStrings.xml")
        members["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">'.encode() + strings + b"</sst>"
    members["xl/_rels/workbook.xml.rels"] = _RELATIONS % relations
    return archive(members)


def record(kind, content=b""):
    """Give a record of a binary workbook."""
    number = bytes([kind]) if kind < 0x80 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
    size, length = len(content), b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            return number + length + content


def wide(text):
    """Give a text of a binary workbook."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(cells, strings):
    """Give a binary workbook; ``cells`` are (row, column, number or place of a shared text)."""
    rows = {}
    for row, column, value in cells:
        rows.setdefault(row, []).append((column, value))
    last = (max(row for row, _, _ in cells), max(column for _, column, _ in cells))
    sheet = record(129) + record(148, struct.pack("<IIII", 0, last[0], 0, last[1])) + record(145)
    for row, entries in sorted(rows.items()):
        sheet += record(0, struct.pack("<IIHBBI", row, 0, 300, 0, 0, 0))
        for column, value in entries:
            head = struct.pack("<II", column, 0)
            number = record(5, head + struct.pack("<d", value)) if isinstance(value, float) else b""
            sheet += number or record(7, head + struct.pack("<I", value))
    sheet += record(146) + record(130)
    shared = record(159, struct.pack("<II", len(strings), len(strings)))
    shared += b"".join(record(19, b"\0" + wide(text)) for text in strings) + record(160)
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Answers")
    book = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    relations = _RELATION % (1, b"worksheet", b"worksheets/sheet1.bin")
    relations += _RELATION % (2, b"sharedStrings", b"sharedStrings.bin")
    return archive(
        {
            "[Content_Types].xml": _WORKBOOK_TYPES,
            "_rels/.rels": _RELATIONS % (_RELATION % (1, b"officeDocument", b"xl/workbook.bin")),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": _RELATIONS % relations,
            "xl/worksheets/sheet1.bin": sheet,
            "xl/sharedStrings.bin": shared,
        }
    )


def xlsb_table():
    """Give the table as a binary workbook; dates are texts there."""
    strings, cells = [], []
    for i, row in enumerate(TABLE):
        for j, text in enumerate(row):
            if text.replace(".", "").isdigit():
                cells.append((i, j, float(text)))
            elif text:
                cells.append((i, j, len(strings)))
                strings.append(text)
    return xlsb(cells, strings)
