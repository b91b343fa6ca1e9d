//! The Gauss-Kruger zones of China, 3 and 6 degrees wide, with and without the zone number in
//! front of the easting.

/// A Gauss-Kruger system of CGCS2000, Xi'an 1980 or Beijing 1954 in the EPSG dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaussKruger {
    family: &'static Family,
    number: u32,
    prefixed: bool,
}

/// Consecutive EPSG codes for one datum and one width of zones.
#[derive(Debug, PartialEq, Eq)]
struct Family {
    /// Degrees.
    width: u32,
    /// Number of the westernmost zone.
    first: u32,
    /// How many zones.
    count: u32,
    /// EPSG code of the westernmost zone with the number in front of the easting.
    prefixed: u32,
    /// EPSG code of the westernmost zone with a false easting of 500 km.
    plain: u32,
}

/// EPSG dataset v10.076; the CGCS2000 families first.
static FAMILIES: [Family; 6] = [
    Family::new(3, 4513, 4534),
    Family::new(6, 4491, 4502),
    Family::new(3, 2349, 2370),
    Family::new(6, 2327, 2338),
    Family::new(3, 2401, 2422),
    Family::new(6, 21413, 21453),
];

impl Family {
    const fn new(width: u32, prefixed: u32, plain: u32) -> Self {
        let (first, count) = if width == 3 { (25, 21) } else { (13, 11) };
        Self {
            width,
            first,
            count,
            prefixed,
            plain,
        }
    }

    const fn has(&self, number: u32) -> bool {
        self.first <= number && number < self.first + self.count
    }
}

impl GaussKruger {
    /// The zone that an EPSG code stands for, if it is one of these families.
    ///
    /// ```
    /// use wangge_crs::GaussKruger;
    /// let zone = GaussKruger::of(4527).unwrap();
    /// assert_eq!((zone.number(), zone.central_meridian_deg()), (39, 117));
    /// assert_eq!(zone.without_prefix().epsg(), 4548);
    /// ```
    pub fn of(epsg: u32) -> Option<Self> {
        FAMILIES.iter().find_map(|family| {
            let at = |start: u32, prefixed| {
                let number = family.first + epsg.checked_sub(start)?;
                family.has(number).then_some(Self {
                    family,
                    number,
                    prefixed,
                })
            };
            at(family.prefixed, true).or_else(|| at(family.plain, false))
        })
    }

    /// The CGCS2000 zone whose number stands in front of an easting (metres): 3 degrees wide for
    /// 25 to 45, 6 degrees for 13 to 23.
    pub fn of_easting(easting_m: f64) -> Option<Self> {
        FAMILIES[..2]
            .iter()
            .find_map(|family| family.zone_of_easting(easting_m))
    }

    /// The zone of the same datum and either width whose number stands in front of an easting
    /// (metres).
    pub fn sibling_of_easting(self, easting_m: f64) -> Option<Self> {
        // the two widths of a datum stand side by side in the table
        FAMILIES
            .chunks(2)
            .find(|pair| pair.contains(self.family))?
            .iter()
            .find_map(|family| family.zone_of_easting(easting_m))
    }

    /// The zone's number.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// Degrees between the sides of the zone: 3 or 6.
    pub const fn width_deg(self) -> u32 {
        self.family.width
    }

    /// Whether the zone's number stands in front of the easting, as millions of metres.
    pub const fn has_prefix(self) -> bool {
        self.prefixed
    }

    /// Degrees east.
    pub const fn central_meridian_deg(self) -> u32 {
        if self.family.width == 3 {
            self.number * 3
        } else {
            self.number * 6 - 3
        }
    }

    /// The system's EPSG code.
    pub const fn epsg(self) -> u32 {
        let start = if self.prefixed {
            self.family.prefixed
        } else {
            self.family.plain
        };
        start + self.number - self.family.first
    }

    /// The same zone without the number in front of the easting.
    pub const fn without_prefix(self) -> Self {
        Self {
            prefixed: false,
            ..self
        }
    }
}

impl Family {
    fn zone_of_easting(&'static self, easting_m: f64) -> Option<GaussKruger> {
        // within a zone an easting is 500 km and at most 350 km to either side (6 degrees at 18 N)
        let within = easting_m.rem_euclid(1e6);
        if !(150e3..=850e3).contains(&within) {
            return None;
        }
        let millions = (easting_m / 1e6).floor();
        (self.first..self.first + self.count)
            .find(|number| (f64::from(*number) - millions).abs() < 0.5)
            .map(|number| GaussKruger {
                family: self,
                number,
                prefixed: true,
            })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::GaussKruger;

    // names and numbers as in the EPSG dataset ("CGCS2000 / 3-degree Gauss-Kruger zone 25")
    #[rstest]
    #[case(4513, 25, 3, 75, true)]
    #[case(4533, 45, 3, 135, true)]
    #[case(4534, 25, 3, 75, false)]
    #[case(4554, 45, 3, 135, false)]
    #[case(4491, 13, 6, 75, true)]
    #[case(4501, 23, 6, 135, true)]
    #[case(4502, 13, 6, 75, false)]
    #[case(4512, 23, 6, 135, false)]
    #[case(2349, 25, 3, 75, true)]
    #[case(2327, 13, 6, 75, true)]
    #[case(2401, 25, 3, 75, true)]
    #[case(21463, 23, 6, 135, false)]
    fn a_code_names_its_zone(
        #[case] epsg: u32,
        #[case] number: u32,
        #[case] width: u32,
        #[case] meridian: u32,
        #[case] prefixed: bool,
    ) {
        let zone = GaussKruger::of(epsg).expect("a zone");
        assert_eq!(zone.number(), number);
        assert_eq!(zone.width_deg(), width);
        assert_eq!(zone.central_meridian_deg(), meridian);
        assert_eq!(zone.has_prefix(), prefixed);
        assert_eq!(zone.epsg(), epsg);
    }

    #[test]
    fn an_easting_of_eight_digits_names_its_zone() {
        let epsg = |easting| GaussKruger::of_easting(easting).map(GaussKruger::epsg);
        assert_eq!(epsg(39_500_000.0), Some(4527));
        assert_eq!(epsg(40_571_817.089), Some(4528));
        assert_eq!(epsg(20_500_000.0), Some(4498));
        assert_eq!(epsg(500_000.0), None);
        assert_eq!(epsg(12_958_000.0), None);
        assert_eq!(epsg(f64::NAN), None);
        let xian = GaussKruger::of(2374).expect("Xi'an 1980, CM 87E");
        assert_eq!(
            xian.sibling_of_easting(39_500_000.0).map(GaussKruger::epsg),
            Some(2363)
        );
        assert_eq!(GaussKruger::of(4326), None);
    }
}
