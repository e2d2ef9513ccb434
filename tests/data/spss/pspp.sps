DATA LIST LIST /id (F8.0) score (F8.2) grade (F2.0) code (A4) city (A12) essay (A300) big (A1000) day (DATE11) tm (TIME8).
BEGIN DATA
1 2.5 1 "a" "Aarhus" "An essay" "big" "02-JAN-2026" "03:04:05"
2 -5 9 "zz" "refused" "" "" "03-JAN-2026" "26:00:00"
3 999 8 "b" "Oslo" "x" "y" "04-JAN-2026" "00:00:01"
4 . 2 "" "Ærø" "Blåbær" "z" "05-JAN-2026" "00:00:02"
END DATA.
VARIABLE LABELS score "The score, with a long label that goes on" grade "Grade".
VALUE LABELS grade 1 "Low" 2 "High" 8 "Don't know" 9 "Refused" /code "a" "Letter A" "zz" "Nothing" /city "Aarhus" "Second city" "refused" "Refused to say" /score 999 "No score".
MISSING VALUES score (LOWEST THRU -1, 999) grade (8,9) code ("zz") city ("refused").
VARIABLE LEVEL grade (ORDINAL).
VARIABLE ATTRIBUTE VARIABLES=grade ATTRIBUTE=Origin("x").
DATAFILE ATTRIBUTE ATTRIBUTE=Made("by hand").
MRSETS /MCGROUP NAME=$m LABEL="set" VARIABLES=score grade.
FILE LABEL A file of PSPP.
DOCUMENT A note on the file.
WEIGHT BY id.
SAVE OUTFILE='u.sav' /UNCOMPRESSED.
SAVE OUTFILE='c.sav' /COMPRESSED.
SAVE OUTFILE='z.zsav' /ZCOMPRESSED.
SAVE OUTFILE='v2.sav' /VERSION=2.
EXPORT OUTFILE='p.por' /DROP=essay big city.
