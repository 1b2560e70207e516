package picture

import (
	"bytes"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Refusal says of bytes that are not taken what they are, and what to do instead.
func Refusal(start []byte) error {
	brand := ""
	if len(start) >= 12 && string(start[4:8]) == "ftyp" {
		brand = string(start[8:12])
	}
	is := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if bytes.HasPrefix(start, []byte(p)) {
				return true
			}
		}
		return false
	}
	say := func(zh, en string) error { return &fault.Error{Kind: fault.Invalid, Text: lang.Text{ZH: zh, EN: en}} }
	switch {
	case len(start) == 0:
		return say("这个文件是空的。请重新选择。", "This file is empty. Choose it again.")
	case brand == "heic", brand == "heix", brand == "hevc", brand == "hevx", brand == "mif1", brand == "msf1", brand == "avif", brand == "heim", brand == "heis":
		return say("这是 HEIC（或 AVIF）照片，这里打不开。请在本页里用浏览器选择它，会自动转换；或在 iPhone 的“设置 → 相机 → 格式”里选“兼容性最佳”后重拍；也可以发截图。",
			"This is a HEIC (or AVIF) photo, which cannot be opened here. Choose it in this page with a browser, which converts it; or set the iPhone to Settings → Camera → Formats → Most Compatible and take it again; a screenshot of it will do too.")
	case brand != "", is("\x1aE\xdf\xa3", "OggS", "FLV"), len(start) >= 12 && string(start[:4]) == "RIFF" && string(start[8:12]) == "AVI ":
		return say("这是视频或录音，这里不收。请交照片（JPEG、PNG、WebP）：可以从视频里截一张图。",
			"This is a video or a recording, which is not taken here. Send a photo (JPEG, PNG, WebP), such as a still of the video.")
	case is("GIF8"):
		return say("这是 GIF 图，这里不收。请交照片（JPEG、PNG 或 WebP）：截图即可。", "This is a GIF, which is not taken here. Send a photo (JPEG, PNG or WebP); a screenshot of it will do.")
	case is("BM", "II*\x00", "MM\x00*"):
		return say("这是 BMP 或 TIFF 图，这里打不开。请另存为 JPEG 或 PNG 后再交。", "This is a BMP or TIFF picture, which cannot be opened here. Save it as JPEG or PNG, then send that.")
	case is("PK\x03\x04", "\xd0\xcf\x11\xe0"):
		return say("这是 Word、Excel、WPS 文件或压缩包，这里不收。请另存为 PDF 再交；压缩包请解开，一份一份交。",
			"This is a Word, Excel or WPS file or an archive, which is not taken here. Save it as PDF; unpack an archive and send its files one by one.")
	case is("MZ", "\x7fELF", "#!", "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe"):
		return say("这是一个程序，不是照片或文件，没有收下。如果您没有想交程序，请检查这部设备是否中毒。",
			"This is a program and neither a photo nor a paper; it was not taken. If you did not mean to send one, have this device looked at.")
	case isText(start):
		return say("这是文字或网页，不是照片。请把文字写在说明里；要作为附件，请打印为 PDF 再交。",
			"This is text or a web page and no photo. Write text where the page asks for it; to attach it, print it to a PDF and send that.")
	}
	return say("认不出这是什么文件。请交照片（JPEG、PNG、WebP）或 PDF。是什么由内容决定，改文件名没有用。",
		"What this file is cannot be told. Send a photo (JPEG, PNG, WebP) or a PDF. The content decides, so another name will not help.")
}

// isText tells text, whose last character may be cut off.
func isText(start []byte) bool {
	for cut := range min(utf8.UTFMax, len(start)) {
		if utf8.Valid(start[:len(start)-cut]) {
			return !bytes.ContainsRune(start, 0)
		}
	}
	return false
}
