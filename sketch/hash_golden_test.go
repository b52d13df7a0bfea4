package sketch

var goldenHashes = map[string]uint64{
	"":                                0xbcc92c2b5d93d58d,
	"a":                               0xcdaad67ec4503227,
	"abc":                             0xeb5bcc9d6bc39fb8,
	"fraud":                           0x4f59641f89910ad8,
	"category-17":                     0x9cd4e409d33f2e6e,
	"sixteen bytes ok":                0x255b4a8f5aaad504,
	"more than sixteen bytes of text": 0x156def1cc00c5b3c,
	"Zürich":                          0x2ba668677defbcf2,
}
