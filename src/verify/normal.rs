//! The quantile of the normal distribution, by the rational approximation of Acklam, without floats: polynomials are
//! exact, and roots and logarithms are worked out to forty digits.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::exact::{Overflow, Ratio, big, ratio};

/// Digits after the point of what is not rational.
const DIGITS: u32 = 40;

/// Where the tail begins: 1 - 0.02425.
const TAIL: (i128, i128) = (97_575, 100_000);

// The coefficients, the highest power first.
const CENTRE_OVER: [&str; 6] = [
    "-39.69683028665376",
    "220.9460984245205",
    "-275.9285104469687",
    "138.3577518672690",
    "-30.66479806614716",
    "2.506628277459239",
];
const CENTRE_UNDER: [&str; 6] =
    ["-54.47609879822406", "161.5858368580409", "-155.6989798598866", "66.80131188771972", "-13.28068155288572", "1"];
const TAIL_OVER: [&str; 6] = [
    "-0.007784894002430293",
    "-0.3223964580411365",
    "-2.400758277161838",
    "-2.549732539343734",
    "4.374664141464968",
    "2.938163982698783",
];
const TAIL_UNDER: [&str; 5] =
    ["0.007784695709041462", "0.3224671290700398", "2.445134137142996", "3.754408661907416", "1"];

/// z: a standard normal number lies below it with the probability `level`. 0 for one half or less, since nothing has
/// to be held back for that.
pub(super) fn quantile(level: Ratio) -> Result<BigRational, Overflow> {
    if level <= Ratio::new(1, 2) {
        return Ok(BigRational::zero());
    }
    if level >= Ratio::one() {
        return Err(Overflow);
    }
    let z = if level <= Ratio::new(TAIL.0, TAIL.1) {
        let off = big(level - Ratio::new(1, 2));
        let square = &off * &off;
        polynomial(&CENTRE_OVER, &square)? * off / polynomial(&CENTRE_UNDER, &square)?
    } else {
        let above = big(Ratio::one() - level);
        let off = root(&(minus_logarithm(&above) * BigInt::from(2)))?;
        -polynomial(&TAIL_OVER, &off)? / polynomial(&TAIL_UNDER, &off)?
    };
    Ok(fixed(&z))
}

/// The square root of a number that is not negative.
pub(super) fn root(number: &BigRational) -> Result<BigRational, Overflow> {
    if number.numer().sign() == Sign::Minus {
        return Err(Overflow);
    }
    let squared = (number * (one() * one())).to_integer();
    Ok(BigRational::new(squared.sqrt(), one()))
}

fn one() -> BigInt {
    BigInt::from(10).pow(DIGITS)
}

/// A number cut to so many digits, so that it stays small.
fn fixed(number: &BigRational) -> BigRational {
    BigRational::new((number * one()).to_integer(), one())
}

fn polynomial(coefficients: &[&str], at: &BigRational) -> Result<BigRational, Overflow> {
    coefficients.iter().try_fold(BigRational::zero(), |sum, coefficient| {
        let coefficient = rust_decimal::Decimal::from_str_exact(coefficient).map_err(|_| Overflow)?;
        Ok(sum * at + big(ratio(coefficient)))
    })
}

/// -ln x of an x between 0 and 1, 0 excluded: doubled until it is one half or more, which takes off ln 2 each time.
fn minus_logarithm(x: &BigRational) -> BigRational {
    let half = BigRational::new(BigInt::one(), BigInt::from(2));
    let (mut x, mut doubled) = (x.clone(), 0);
    while x < half {
        x *= BigInt::from(2);
        doubled += 1;
    }
    // ln x = -2 artanh((1 - x) / (1 + x)), and ln 2 = 2 artanh(1/3).
    let rest = artanh(&((BigRational::one() - &x) / (BigRational::one() + &x)));
    let doublings = artanh(&BigRational::new(BigInt::one(), BigInt::from(3))) * BigInt::from(doubled);
    (rest + doublings) * BigInt::from(2)
}

/// x + x^3 / 3 + x^5 / 5 + ..., for x from 0 to 1/3.
fn artanh(x: &BigRational) -> BigRational {
    let x = fixed(x);
    let square = &x * &x;
    let (mut sum, mut power, mut odd) = (BigRational::zero(), x, 1);
    while !power.is_zero() {
        sum += &power / BigInt::from(odd);
        power = fixed(&(power * &square));
        odd += 2;
    }
    fixed(&sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first twelve digits behind the point.
    fn digits(number: &BigRational) -> String {
        let counted = (number * BigInt::from(10).pow(12)).to_integer().to_string();
        format!("{counted:0>13}")
    }

    fn z(level: &str) -> String {
        digits(&quantile(ratio(level.parse().unwrap())).unwrap())
    }

    #[test]
    fn roots_and_logarithms() {
        let number = |over: i64, under: i64| BigRational::new(over.into(), under.into());
        assert_eq!(digits(&root(&number(2, 1)).unwrap()), "1414213562373");
        assert_eq!(digits(&root(&number(9, 4)).unwrap()), "1500000000000");
        assert_eq!(digits(&minus_logarithm(&number(1, 100))), "4605170185988");
        assert_eq!(digits(&minus_logarithm(&number(3, 4))), "0287682072451");
        assert_eq!(root(&number(-1, 1)), Err(Overflow));
    }

    #[test]
    fn the_approximation_in_the_centre_and_in_the_tail() {
        // The approximation itself, which lies within 1.2e-9 of the quantile's 1.644853626951 and 2.326347874041.
        assert_eq!(z("0.95"), "1644853625133");
        assert_eq!(z("0.99"), "2326347874388");
        assert_eq!(z("0.5"), "0000000000000");
        assert_eq!(z("0.01"), "0000000000000");
        assert_eq!(quantile(Ratio::one()), Err(Overflow));
        assert_eq!(quantile(Ratio::zero()).unwrap(), BigRational::zero());
    }
}
