//! Sums and products of fractions, most of which are small: where both fit in 64 bits, a gcd of such numbers does, which takes a fraction of the time.
//!
//! Knuth, The Art of Computer Programming, volume 2, 4.5.1: with g the gcd of the denominators, what a sum can still be reduced by divides g; a
//! product of reduced fractions is reduced crosswise beforehand.

use num_integer::Integer;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub};

use super::Ratio;

/// A fraction in 64 bits.
#[derive(Clone, Copy)]
struct Small {
    numerator: i64,
    denominator: u64,
}

impl Small {
    fn of(number: &Ratio) -> Option<Self> {
        let numerator = i64::try_from(*number.numer()).ok()?;
        Some(Self { numerator, denominator: u64::try_from(*number.denom()).ok().filter(|one| *one <= MOST)? })
    }
}

/// Denominators of which two multiply within 127 bits.
const MOST: u64 = i64::MAX as u64;

/// `a + b`; none where that does not fit.
pub(super) fn plus(a: &Ratio, b: &Ratio) -> Option<Ratio> {
    match (Small::of(a), Small::of(b)) {
        (Some(a), Some(b)) => small_sum(a, b),
        _ => a.checked_add(b),
    }
}

/// `a - b`; none where that does not fit.
pub(super) fn minus(a: &Ratio, b: &Ratio) -> Option<Ratio> {
    match (Small::of(a), Small::of(b)) {
        (Some(a), Some(Small { numerator, denominator })) if numerator > i64::MIN => {
            small_sum(a, Small { numerator: -numerator, denominator })
        }
        _ => a.checked_sub(b),
    }
}

/// `a x b`; none where that does not fit.
pub(super) fn times(a: &Ratio, b: &Ratio) -> Option<Ratio> {
    let (Some(x), Some(y)) = (Small::of(a), Small::of(b)) else { return a.checked_mul(b) };
    if x.denominator == 1 && y.denominator == 1 {
        return Some(Ratio::from_integer(i128::from(x.numerator) * i128::from(y.numerator)));
    }
    if x.numerator == 0 || y.numerator == 0 {
        return Some(Ratio::from_integer(0));
    }
    let (left, right) =
        (x.numerator.unsigned_abs().gcd(&y.denominator), y.numerator.unsigned_abs().gcd(&x.denominator));
    let numerator = (i128::from(x.numerator) / i128::from(left)) * (i128::from(y.numerator) / i128::from(right));
    let denominator = i128::from(x.denominator / right) * i128::from(y.denominator / left);
    Some(Ratio::new_raw(numerator, denominator))
}

/// `numerator / denominator` with a positive denominator.
pub(super) fn of(numerator: i128, denominator: i128) -> Ratio {
    if denominator == 1 {
        return Ratio::from_integer(numerator);
    }
    match (i64::try_from(numerator), u64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) if (1..=MOST).contains(&denominator) => {
            reduced(i128::from(numerator), denominator)
        }
        _ => Ratio::new(numerator, denominator),
    }
}

fn small_sum(a: Small, b: Small) -> Option<Ratio> {
    if a.denominator == b.denominator {
        return Some(reduced(i128::from(a.numerator) + i128::from(b.numerator), a.denominator));
    }
    let common = a.denominator.gcd(&b.denominator);
    let (left, right) = (b.denominator / common, a.denominator / common);
    // Two products of 63 bits each: their sum has 127 at most.
    let sum = (i128::from(a.numerator) * i128::from(left)).checked_add(i128::from(b.numerator) * i128::from(right))?;
    let again = gcd_with(sum, common);
    let denominator = i128::from(right) * i128::from(b.denominator / again);
    Some(Ratio::new_raw(over(sum, again), denominator))
}

fn reduced(numerator: i128, denominator: u64) -> Ratio {
    let common = gcd_with(numerator, denominator);
    Ratio::new_raw(over(numerator, common), i128::from(denominator / common))
}

/// The gcd of any number and one of 64 bits that is not 0.
fn gcd_with(number: i128, other: u64) -> u64 {
    if other == 1 {
        return 1;
    }
    match u64::try_from(number.unsigned_abs()) {
        Ok(small) => small.gcd(&other),
        Err(_) => {
            let rest = number.unsigned_abs() % u128::from(other);
            u64::try_from(rest).unwrap_or(0).gcd(&other)
        }
    }
}

fn over(number: i128, by: u64) -> i128 {
    match (i64::try_from(number), i64::try_from(by)) {
        _ if by == 1 => number,
        (Ok(number), Ok(by)) => i128::from(number / by),
        _ => number / i128::from(by),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of all sizes, by a xorshift generator (Marsaglia 2003).
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        fn number(&mut self) -> i128 {
            let bits = self.next() % 100;
            let wide = i128::from(self.next()) << 64 | i128::from(self.next());
            let number = wide.unsigned_abs() >> (127 - bits);
            let number = i128::try_from(number >> 1).unwrap_or(0);
            if self.next().is_multiple_of(2) { number } else { -number }
        }

        fn ratio(&mut self) -> Ratio {
            let decimal = 10_i128.pow(u32::try_from(self.next() % 7).unwrap_or(0));
            let days = [1, 28, 30, 31, 365, 366, 7, 12, 52][usize::try_from(self.next() % 9).unwrap_or(0)];
            let odd = if self.next().is_multiple_of(5) { self.number().abs().max(1) } else { 1 };
            Ratio::new(self.number(), (decimal * days).checked_mul(odd).unwrap_or(decimal))
        }
    }

    #[test]
    fn sums_and_products_are_those_of_plain_fractions() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..100_000 {
            let (a, b) = (random.ratio(), random.ratio());
            assert_eq!(plus(&a, &b), a.checked_add(&b), "{a} + {b}");
            assert_eq!(minus(&a, &b), a.checked_sub(&b), "{a} - {b}");
            assert_eq!(times(&a, &b), a.checked_mul(&b), "{a} x {b}");
            let (numerator, denominator) = (random.number(), random.number().abs().max(1));
            assert_eq!(of(numerator, denominator), Ratio::new(numerator, denominator));
        }
    }

    #[test]
    fn the_largest_numbers_of_64_bits_do_not_wrap() {
        let large = [i64::MAX, i64::MIN, i64::MIN + 1, 0, 1, -1].map(i128::from);
        let below = [1, 2, 3, i128::from(MOST), i128::from(u64::MAX)];
        let all: Vec<Ratio> = large.iter().flat_map(|n| below.iter().map(|d| Ratio::new(*n, *d))).collect();
        for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
            // Plain fractions give up on some sums whose parts fit.
            if let Some(sum) = a.checked_add(b) {
                assert_eq!(plus(a, b), Some(sum), "{a} + {b}");
            }
            if let Some(product) = a.checked_mul(b) {
                assert_eq!(times(a, b), Some(product), "{a} x {b}");
            }
        }
    }
}
