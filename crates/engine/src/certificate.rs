//! The few fields of an X.509 certificate that the hash check needs (RFC 5280, 4.1).

/// Seconds since 1970-01-01T00:00:00Z.
pub(crate) type UnixSeconds = i64;

/// What a certificate says about its validity and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CertificateFacts {
    pub(crate) not_before: UnixSeconds,
    pub(crate) not_after: UnixSeconds,
    /// The public key is an RSA key
    pub(crate) rsa: bool,
}

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const OBJECT_IDENTIFIER: u8 = 0x06;
const EXPLICIT_VERSION: u8 = 0xa0;

/// 1.2.840.113549.1.1: rsaEncryption, id-RSASSA-PSS and their kin (RFC 8017, appendix C)
const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];

/// Reads a DER certificate; `None` when it is not one.
pub(crate) fn read(der: &[u8]) -> Option<CertificateFacts> {
    let mut certificate = Der(Der(der).expect(SEQUENCE)?);
    let mut fields = Der(certificate.expect(SEQUENCE)?);
    if fields.peek() == Some(EXPLICIT_VERSION) {
        fields.next()?;
    }
    fields.next()?; // serialNumber
    fields.expect(SEQUENCE)?; // signature
    fields.expect(SEQUENCE)?; // issuer
    let mut validity = Der(fields.expect(SEQUENCE)?);
    let not_before = time(validity.next()?)?;
    let not_after = time(validity.next()?)?;
    fields.expect(SEQUENCE)?; // subject
    let mut public_key = Der(fields.expect(SEQUENCE)?);
    let mut algorithm = Der(public_key.expect(SEQUENCE)?);
    let rsa = algorithm.expect(OBJECT_IDENTIFIER)?.starts_with(PKCS1);
    Some(CertificateFacts {
        not_before,
        not_after,
        rsa,
    })
}

/// The rest of a DER value that holds others.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Tag and contents of the next value.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = match first {
            0..=0x7f => usize::from(first),
            0x81..=0x84 => {
                let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
                rest = after;
                bytes
                    .iter()
                    .fold(0usize, |length, byte| (length << 8) | usize::from(*byte))
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, contents))
    }

    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .and_then(|(found, contents)| (found == tag).then_some(contents))
    }
}

/// UTCTime or GeneralizedTime as RFC 5280 (4.1.2.5) restricts them: seconds given, and Zulu.
fn time((tag, text): (u8, &[u8])) -> Option<UnixSeconds> {
    let (year, rest) = match tag {
        UTC_TIME => {
            let (digits, rest) = text.split_at_checked(2)?;
            let year = decimal(digits)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (digits, rest) = text.split_at_checked(4)?;
            (decimal(digits)?, rest)
        }
        _ => return None,
    };
    let &[m1, m2, d1, d2, h1, h2, n1, n2, s1, s2, b'Z'] = rest else {
        return None;
    };
    let (month, day) = (decimal(&[m1, m2])?, decimal(&[d1, d2])?);
    let (hour, minute, second) = (
        decimal(&[h1, h2])?,
        decimal(&[n1, n2])?,
        decimal(&[s1, s2])?,
    );
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn decimal(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, digit| {
        digit
            .is_ascii_digit()
            .then(|| value * 10 + i64::from(digit - b'0'))
    })
}

/// Days in the proleptic Gregorian calendar; years are counted from March so that the leap day ends one.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_kinds_are_read() {
        for (tag, text, seconds) in [
            (UTC_TIME, "700101000000Z", 0),
            (UTC_TIME, "500101000000Z", -631_152_000),
            (UTC_TIME, "491231235959Z", 2_524_607_999),
            (UTC_TIME, "000229120000Z", 951_825_600),
            (GENERALIZED_TIME, "20240229235960Z", 1_709_251_200),
            (GENERALIZED_TIME, "99991231235959Z", 253_402_300_799),
        ] {
            assert_eq!(time((tag, text.as_bytes())), Some(seconds), "{text}");
        }
    }

    #[test]
    fn times_that_are_none_are_refused() {
        for text in [
            "7001010000Z",
            "700101000000",
            "700101000000+0100",
            "701301000000Z",
            "700132000000Z",
            "700101240000Z",
            "7001010000a0Z",
            "",
        ] {
            assert_eq!(time((UTC_TIME, text.as_bytes())), None, "{text}");
        }
    }

    #[test]
    fn truncated_certificates_are_refused() {
        // SEQUENCE of SEQUENCE of [0], serial, algorithm, issuer, validity, subject, key: all of it minimal
        let validity = der(
            SEQUENCE,
            &[
                der(UTC_TIME, b"240101000000Z"),
                der(UTC_TIME, b"240108000000Z"),
            ]
            .concat(),
        );
        let rsa_oid = der(OBJECT_IDENTIFIER, &[PKCS1, &[1]].concat());
        let key = der(SEQUENCE, &der(SEQUENCE, &rsa_oid));
        let fields = [
            der(EXPLICIT_VERSION, &[2, 1, 2]),
            der(2, &[1]),
            der(SEQUENCE, &[]),
            der(SEQUENCE, &[]),
            validity,
            der(SEQUENCE, &[]),
            key,
        ]
        .concat();
        let certificate = der(SEQUENCE, &der(SEQUENCE, &fields));
        let facts = read(&certificate);
        assert_eq!(
            facts.map(|facts| (facts.not_after - facts.not_before, facts.rsa)),
            Some((7 * 86_400, true))
        );
        for length in 0..certificate.len() {
            assert_eq!(read(&certificate[..length]), None, "{length} bytes");
        }
    }

    fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
        let length = u8::try_from(contents.len()).unwrap_or(0);
        if length < 128 {
            [&[tag, length], contents].concat()
        } else {
            [&[tag, 0x81, length], contents].concat()
        }
    }
}
