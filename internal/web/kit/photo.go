package kit

import (
	"encoding/json"

	"github.com/xiadu/xiadu/internal/web"
)

// photoWords are what the script of a photo field says.
func photoWords(p web.Page) string {
	b, err := json.Marshal(map[string]string{
		"sending":    p.T("正在发送", "Sending"),
		"came":       p.T("已收到", "It has come"),
		"waiting":    p.T("排队等待", "Waiting"),
		"converting": p.T("HEIC 照片，正在转换", "A HEIC photo: converting"),
		"converted":  p.T("由 HEIC 转换而来", "converted from HEIC"),
		"shrinking":  p.T("正在缩小", "Making it smaller"),
		"shrunk":     p.T("已缩小，原来 {0}，现在 {1}", "made smaller: it was {0} and is {1}"),
		"tooLarge":   p.T("太大：有 {0}，最多 {1}。扫描件请降低分辨率，或分成几份。", "Too large: it has {0}, at most {1}. Scan a paper at a lower resolution, or in parts."),
		"noHeic":     p.T("这张 HEIC 照片转换不了。请在 iPhone 的“设置 → 相机 → 格式”里选“兼容性最佳”后重拍，或发截图。", "This HEIC photo cannot be converted. Set Settings → Camera → Formats to Most Compatible on the iPhone and take it again, or send a screenshot."),
		"broken":     p.T("没有发出去：网络断了。", "It was not sent: there is no network."),
		"again":      p.T("再发一次", "Send it again"),
		"drop":       p.T("不要了", "Drop it"),
		"busy":       p.T("照片还在发送，请等一下再交。", "Photos are still being sent: wait a moment, then send the form."),
		"failed":     p.T("有照片没有发出去：再发一次，或点“不要了”。", "A photo was not sent: send it again, or drop it."),
		"shutter":    p.T("拍", "Take it"),
		"close":      p.T("不拍了", "Close"),
		"ghost":      p.T("上一张有多明显", "How clearly the earlier one is seen"),
		"camera":     p.T("相机", "Camera"),
		"noCamera":   p.T("用不了相机：没有相机，或没有允许。请用“选择文件”。", "The camera cannot be used: there is none, or it was not allowed. Choose a file instead."),
		"taken":      p.T("现场照片", "photo"),
	})
	if err != nil {
		return "{}"
	}
	return string(b)
}
