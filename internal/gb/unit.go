package gb

// corps is the Xinjiang Production and Construction Corps: no division of GB/T
// 2260, but it keeps its own figures wherever the country is told by provinces.
const corps = "660000"

// corpsCities are the cities at county level that the Corps governs, one for
// each of its divisions (师市合一); GB/T 2260 lists them straight below Xinjiang.
const corpsCities = "6590"

// Units returns the parts by which national figures of the trade unions are
// told: the 31 provinces of the mainland in the order of their codes, and the
// Corps after Xinjiang.
func Units() []Division {
	var units []Division
	for _, p := range provinces {
		if p.code >= "7" { // 台湾省, 香港, 澳门
			continue
		}
		if units = append(units, p); p.code == "650000" {
			units = append(units, byCode[corps])
		}
	}
	return units
}

// Unit returns the part by whose figures d is told: its province, or the Corps
// for the Corps itself and the cities that it governs. The zero Division has none.
func (d Division) Unit() Division {
	if !d.Valid() {
		return d
	}
	for a := d; ; a = a.parent {
		if a.code == corps || a.code[:len(corpsCities)] == corpsCities {
			return byCode[corps]
		}
		if !a.parent.Valid() {
			return a
		}
	}
}
