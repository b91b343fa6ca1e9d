//! The query of a request: the parameters that its route has, each at most once.

use std::borrow::Cow;

use crate::problem::{Problem, Wanted, echo};

/// The most parameters that a route has.
const MOST: usize = 17;

/// The parameters of one route: those it takes, and those that the interface has but this server
/// does not answer yet. Any other one is refused, so that a misspelt parameter is not silently
/// without effect.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(crate) taken: &'static [&'static str],
    pub(crate) not_offered: &'static [&'static str],
}

/// The values of a route's parameters.
#[derive(Debug)]
pub(crate) struct Query<'q> {
    names: &'static [&'static str],
    values: [Option<Cow<'q, str>>; MOST],
}

impl Parameters {
    /// Reads a query.
    pub(crate) fn read<'q>(&self, query: Option<&'q str>) -> Result<Query<'q>, Problem> {
        debug_assert!(
            self.taken.len() <= MOST,
            "a route has at most {MOST} parameters"
        );
        let mut values = [const { None }; MOST];
        for pair in query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).ok_or_else(|| Problem::UnknownParameter {
                name: echo(name),
                known: self.taken,
            })?;
            let Some(place) = self.taken.iter().position(|taken| *taken == name) else {
                return Err(
                    match self.not_offered.iter().find(|known| **known == name) {
                        Some(known) => Problem::ParameterNotOffered { name: known },
                        None => Problem::UnknownParameter {
                            name: echo(&name),
                            known: self.taken,
                        },
                    },
                );
            };
            let name = self.taken[place];
            let value = decoded(value).ok_or_else(|| Problem::BadParameter {
                name,
                value: echo(value),
                wanted: Wanted::Encoding,
            })?;
            if values[place].replace(value).is_some() {
                return Err(Problem::RepeatedParameter { name });
            }
        }
        Ok(Query {
            names: self.taken,
            values,
        })
    }
}

impl Query<'_> {
    /// The value of a parameter.
    pub(crate) fn get(&self, name: &'static str) -> Option<&str> {
        let place = self.names.iter().position(|known| *known == name)?;
        self.values[place].as_deref()
    }

    /// The value of a parameter that must be there.
    pub(crate) fn need(&self, name: &'static str) -> Result<&str, Problem> {
        self.get(name).ok_or(Problem::MissingParameter { name })
    }
}

/// A value without its percent-encoding, `+` as a space; `None` when that is not UTF-8.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ROUTE: Parameters = Parameters {
        taken: &["lon", "lat"],
        not_offered: &["accuracy"],
    };

    #[rstest]
    #[case("lon=1&lat=2", "1", "2")]
    #[case("&lat=%32&&lon=+1%20&", " 1 ", "2")]
    #[case("lon&lat=a=b", "", "a=b")]
    #[case("lon=%E7%BD%91&lat=%e6%a0%bc", "网", "格")]
    fn values_come_without_their_encoding(
        #[case] query: &str,
        #[case] lon: &str,
        #[case] lat: &str,
    ) {
        let query = ROUTE.read(Some(query)).unwrap();
        assert_eq!((query.get("lon"), query.get("lat")), (Some(lon), Some(lat)));
    }

    #[rstest]
    #[case::misspelt("lng=1", Problem::UnknownParameter { name: "lng".into(), known: ROUTE.taken })]
    #[case::later("accuracy=5", Problem::ParameterNotOffered { name: "accuracy" })]
    #[case::twice("lon=1&lon=1", Problem::RepeatedParameter { name: "lon" })]
    #[case::broken_escape("lon=%4", Problem::BadParameter { name: "lon", value: "%4".into(), wanted: Wanted::Encoding })]
    #[case::gbk("lat=%CD%F8", Problem::BadParameter { name: "lat", value: "%CD%F8".into(), wanted: Wanted::Encoding })]
    fn what_a_route_does_not_take_is_refused(#[case] query: &str, #[case] problem: Problem) {
        assert_eq!(ROUTE.read(Some(query)).unwrap_err(), problem);
    }

    #[test]
    fn a_missing_parameter_is_named() {
        assert_eq!(
            ROUTE.read(None).unwrap().need("lat"),
            Err(Problem::MissingParameter { name: "lat" })
        );
    }
}
