package osm

import (
	"bytes"
	"encoding/binary"
)

// kindOfFile is what the first bytes of a file say it is: one of the two
// formats, or what to tell about it.
type kindOfFile struct{ zh, en string }

var (
	isXML = kindOfFile{en: "xml"}
	isPBF = kindOfFile{en: "pbf"}
)

// sniffed is how many bytes sniff wants to see, if there are as many.
const sniffed = 512

// foreign are formats that people have at hand and take for the right one.
var foreign = []struct {
	prefix string
	kind   kindOfFile
}{
	{"{", kindOfFile{"这是 JSON（或 GeoJSON），不是路网数据", "it is JSON (or GeoJSON), not a street extract"}},
	{"PK\x03\x04", kindOfFile{"这是 ZIP 压缩包，请先解压", "it is a ZIP archive: unpack it first"}},
	{"\xfd7zXZ", kindOfFile{"这是 xz 压缩文件，请先解压", "it is compressed with xz: unpack it first"}},
	{"7z\xbc\xaf", kindOfFile{"这是 7z 压缩包，请先解压", "it is a 7z archive: unpack it first"}},
	{"\x28\xb5\x2f\xfd", kindOfFile{"这是 zstd 压缩文件，请先解压", "it is compressed with zstd: unpack it first"}},
	{"\xff\xe0", kindOfFile{"这是 o5m 文件，请先转换为 .osm.pbf", "it is an o5m file: convert it to .osm.pbf first"}},
	{"SQLite format 3", kindOfFile{"这是 SQLite 数据库（如 GeoPackage），不是 OSM 数据", "it is an SQLite database (such as a GeoPackage), not an OpenStreetMap file"}},
	{"\x1f\x8b", kindOfFile{"压缩了两次，请先解压一次", "it is compressed twice: unpack it once"}},
	{"BZh", kindOfFile{"压缩了两次，请先解压一次", "it is compressed twice: unpack it once"}},
}

func sniff(head []byte) kindOfFile {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("<")) {
		if lower := bytes.ToLower(text); bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.HasPrefix(lower, []byte("<html")) {
			return kindOfFile{"这是网页，多半是下载页或出错页被存成了数据文件", "it is a web page, most likely a download or error page that was saved in place of the data"}
		}
		return isXML
	}
	for _, f := range foreign {
		if bytes.HasPrefix(text, []byte(f.prefix)) {
			return f.kind
		}
	}
	// A PBF begins with the length of a header whose first field is its type.
	if len(head) >= 6 && binary.BigEndian.Uint32(head) < maxHeader && head[4] == 0x0a {
		return isPBF
	}
	return kindOfFile{"开头既不是 PBF 也不是 XML", "it begins like neither PBF nor XML"}
}
