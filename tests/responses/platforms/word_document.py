"""Fill in a Word questionnaire as Word does, and change one as a hostile sender might."""

import io
import re
import zipfile

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MAIN = "word/document.xml"


def members(raw):
    """Give the members of a file, by name."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(contents):
    """Put members together to a file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def changed(raw, change):
    """Give a file whose text went through a function."""
    contents = members(raw)
    return pack(contents | {MAIN: change(contents[MAIN])})


def document(raw):
    """Give the text of a file as XML."""
    return etree.fromstring(members(raw)[MAIN])


def controls(root):
    """Give the controls by their tags."""
    return {sdt.find(f"{W}sdtPr/{W}tag").get(f"{W}val"): sdt for sdt in root.iter(f"{W}sdt")}


def fill_in(raw, layout, person, **written):
    """Tick and write what a person answered."""

    def change(xml):
        root = etree.fromstring(xml)
        found = controls(root)
        for question in layout.questions:
            for cell in question.cells:
                if cell.name in person:
                    _answer(found, question, cell.name, person[cell.name])
        for tag, text in written.items():
            write(found[tag], text)
        return etree.tostring(root)

    return changed(raw, change)


def _answer(found, question, name, value):
    if question.kind == "ticks":
        if value:
            tick(found[f"{name}=1"])
    elif question.options:
        tick(found[f"{name}={value}"])
    else:
        write(found[name], str(value))


def tick(control):
    """Click a box: its state and its sign change."""
    control.find(f".//{W14}checked").set(f"{W14}val", "1")
    control.find(f"{W}sdtContent//{W}t").text = "\u2612"


def write(control, text):
    """Write into a field: the line to write on and the mark of it go."""
    properties = control.find(f"{W}sdtPr")
    properties.remove(properties.find(f"{W}showingPlcHdr"))
    run = control.find(f"{W}sdtContent//{W}r")
    for old in run.findall(f"{W}t"):
        run.remove(old)
    for i, line in enumerate(text.split("\n")):
        if i:
            etree.SubElement(run, f"{W}br")
        etree.SubElement(run, f"{W}t").text = line


def text_of(xml):
    """Give all text of a document, paragraph by paragraph."""
    signs = {f"{W}br": "\n", f"{W}tab": "\t"}
    paragraphs = []
    for paragraph in xml.iter(f"{W}p"):
        runs = (part for part in paragraph.iter() if part.tag in {f"{W}t", *signs})
        pieces = (part.text if part.tag == f"{W}t" else signs[part.tag] for part in runs)
        paragraphs.append("".join(piece for piece in pieces if piece))
    return paragraphs


def without(pattern, raw):
    """Take out of the text what matches."""
    return changed(raw, lambda xml: re.sub(pattern, b"", xml, flags=re.DOTALL))
