//! Numbers as people read them: thousands apart, two digits of money, no float.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::plan::Amount;

/// `digits` with a comma every three from the right.
fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `plain` (`-1234.50`) with its thousands apart.
fn separated(plain: &str) -> String {
    let (sign, bare) = plain.strip_prefix('-').map_or(("", plain), |bare| ("-", bare));
    let (whole, fraction) = bare.split_once('.').map_or((bare, None), |(whole, rest)| (whole, Some(rest)));
    let point = fraction.map_or(String::new(), |rest| format!(".{rest}"));
    format!("{sign}{}{point}", grouped(whole))
}

/// Rounded half up to `digits`; a zero has no sign.
fn rounded(number: Decimal, digits: u32) -> Decimal {
    let mut short = number.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    short.rescale(digits);
    if short.is_zero() { short.abs() } else { short }
}

/// Money: `1,234.50`.
pub(crate) fn money(amount: Amount) -> String {
    separated(&rounded(amount.0, 2).to_string())
}

/// Money a unit: `1,234.50`, and `0.0431` below 1.
pub(crate) fn rate(amount: Amount) -> String {
    let digits = if amount.0.abs() < Decimal::ONE { 4 } else { 2 };
    separated(&rounded(amount.0, digits).to_string())
}

/// Units: `1,234`.
pub(crate) fn units(number: impl Into<i128>) -> String {
    separated(&number.into().to_string())
}

/// A quantity that need not be whole (cubic metres, buckets, units): two digits, none where it is whole.
pub(crate) fn quantity(amount: Amount) -> String {
    let digits = if rounded(amount.0, 2).is_integer() { 0 } else { 2 };
    separated(&rounded(amount.0, digits).to_string())
}

/// A number in as many digits as it needs, up to six behind the point: `2.5`.
pub(crate) fn plain(amount: Amount) -> String {
    separated(&rounded(amount.0, 6).normalize().to_string())
}

/// A share in per cent: `97.4 %`. What lacks anything is never shown as 100.
pub(super) fn percent(share: Decimal) -> String {
    let hundred = Decimal::ONE_HUNDRED;
    let exact = share.saturating_mul(hundred);
    let shown = rounded(exact, 1);
    let almost = Decimal::new(999, 1);
    let honest = if exact < hundred && shown >= hundred { almost } else { shown };
    format!("{} %", separated(&honest.to_string()))
}

/// `part / whole`; 1 where there is nothing to divide by.
pub(super) fn share(part: i128, whole: i128) -> Decimal {
    let decimal = |number| Decimal::try_from_i128_with_scale(number, 0).unwrap_or(Decimal::MAX);
    if whole == 0 { Decimal::ONE } else { decimal(part).checked_div(decimal(whole)).unwrap_or(Decimal::ONE) }
}

/// The sum; stops at the largest number there is rather than panic over an absurd file.
pub(super) fn total(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    Amount(amounts.into_iter().fold(Decimal::ZERO, |sum, amount| sum.saturating_add(amount.0)))
}

/// `1 line`, `2 lines`.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", units(number as i128), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn money_has_two_digits_half_up() {
        let shown = ["0", "-0.004", "1234.005", "-1234567.895", "999.995", "1000000"].map(|text| money(amount(text)));
        assert_eq!(shown, ["0.00", "0.00", "1,234.01", "-1,234,567.90", "1,000.00", "1,000,000.00"]);
    }

    #[test]
    fn shares_are_honest() {
        let shown = [(9_999, 10_000), (1, 1), (0, 5), (2, 3)].map(|(part, whole)| percent(share(part, whole)));
        assert_eq!(shown, ["99.9 %", "100.0 %", "0.0 %", "66.7 %"]);
        assert_eq!(percent(share(0, 0)), "100.0 %");
    }

    #[test]
    fn absurd_numbers_do_not_panic() {
        let most = Amount(Decimal::MAX);
        assert_eq!(total([most, most]), most);
        assert!(money(most).starts_with("79,228"));
        assert!(percent(Decimal::MAX).ends_with(" %"));
        assert_eq!(units(i64::MIN), "-9,223,372,036,854,775,808");
    }
}
