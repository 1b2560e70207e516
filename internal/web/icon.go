package web

import "strings"

// Icon names one picture of the outline set (Lucide). The build reads this
// file and puts exactly these into the sprite icons.svg. An icon never stands
// without a word beside it.
type Icon string

// The icons, by what they mean here.
const (
	IconFind       Icon = "map-pin"
	IconCoverage   Icon = "layers"
	IconAbout      Icon = "info"
	IconLocate     Icon = "locate-fixed"
	IconRoute      Icon = "route"
	IconWalk       Icon = "footprints"
	IconNavigate   Icon = "navigation"
	IconSearch     Icon = "search"
	IconMap        Icon = "map"
	IconList       Icon = "list"
	IconOpen       Icon = "circle-check"
	IconClosed     Icon = "circle-x"
	IconUnknown    Icon = "circle-question-mark"
	IconWarning    Icon = "triangle-alert"
	IconClock      Icon = "clock"
	IconNight      Icon = "moon"
	IconCheck      Icon = "check"
	IconClose      Icon = "x"
	IconNext       Icon = "chevron-right"
	IconPrevious   Icon = "chevron-left"
	IconMore       Icon = "chevron-down"
	IconArrow      Icon = "arrow-right"
	IconSort       Icon = "chevrons-up-down"
	IconAscending  Icon = "arrow-up"
	IconDescending Icon = "arrow-down"
	IconElsewhere  Icon = "external-link"
	IconLanguage   Icon = "languages"
	IconLarge      Icon = "a-large-small"
	IconPrint      Icon = "printer"
	IconDownload   Icon = "download"
	IconPhone      Icon = "phone"
	IconDoor       Icon = "door-open"
	IconStaff      Icon = "hand-helping"
	IconScan       Icon = "qr-code"
	IconWheelchair Icon = "accessibility"
	IconPerson     Icon = "user"
	IconPeople     Icon = "users"
	IconBike       Icon = "bike"
	IconStandard   Icon = "house"
	IconMicro      Icon = "store"
	IconMobile     Icon = "truck"

	IconWater     Icon = "glass-water"
	IconHotWater  Icon = "coffee"
	IconToilet    Icon = "toilet"
	IconRest      Icon = "armchair"
	IconSofa      Icon = "sofa"
	IconBed       Icon = "bed"
	IconMicrowave Icon = "microwave"
	IconMeal      Icon = "utensils"
	IconFridge    Icon = "refrigerator"
	IconCharging  Icon = "battery-charging"
	IconSwap      Icon = "plug-zap"
	IconMedicine  Icon = "pill"
	IconFirstAid  Icon = "bandage"
	IconAED       Icon = "heart-pulse"
	IconReading   Icon = "book-open"
	IconLegal     Icon = "scale"
	IconCounsel   Icon = "brain"
	IconHaircut   Icon = "scissors"
	IconGift      Icon = "gift"
	IconWifi      Icon = "wifi"
	IconCool      Icon = "snowflake"
	IconWarm      Icon = "flame"
	IconCold      Icon = "thermometer-snowflake"
	IconUmbrella  Icon = "umbrella"
	IconClothes   Icon = "shirt"
	IconTV        Icon = "tv"
	IconHeart     Icon = "heart"
	IconParcel    Icon = "package"
	IconBaby      Icon = "baby"
	IconVaccine   Icon = "syringe"
	IconWash      Icon = "droplets"
	IconTools     Icon = "wrench"
)

// HasIcon reports whether the sprite holds icon, for tests of catalogues that
// name icons.
func (a *Assets) HasIcon(icon Icon) bool {
	return strings.Contains(string(a.files["icons.svg"].plain), `id="`+string(icon)+`"`)
}
