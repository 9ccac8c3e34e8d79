//! Forecasts against what came: how far off, and which way.

use num_traits::{Signed, Zero};

use super::{Measured, quotient};
use crate::units::{Overflow, Ratio, add, whole};

/// A forecast and what came of it, in units or money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// What was expected.
    pub forecast: Ratio,
    /// What came.
    pub actual: Ratio,
}

impl Pair {
    /// Forecast - actual: positive where too much was expected.
    fn error(self) -> Result<Ratio, Overflow> {
        add(self.forecast, -self.actual)
    }
}

/// Sums of |error|, error and actuals.
fn sums(pairs: &[Pair]) -> Result<(Ratio, Ratio, Ratio), Overflow> {
    let zero = Ratio::zero();
    pairs.iter().try_fold((zero, zero, zero), |(absolute, signed, actual), pair| {
        let error = pair.error()?;
        Ok((add(absolute, error.abs())?, add(signed, error)?, add(actual, pair.actual)?))
    })
}

/// Weighted absolute percentage error: sum of |actual - forecast| / sum of actuals. Undefined where nothing came.
///
/// Source: 1,000 and 10 came of 950 and 25, <https://www.forecaststudio.com.mx/blog/forecast-accuracy-metrics>: 65 / 1,010 = 6.4 %.
///
/// ```
/// # use sopc::{metrics::formula::{Pair, wape}, units::{Ratio, whole}};
/// let pair = |forecast, actual| Pair { forecast: whole(forecast), actual: whole(actual) };
/// assert_eq!(wape(&[pair(950, 1_000), pair(25, 10)]), Ok(Some(Ratio::new(65, 1_010))));
/// assert_eq!(wape(&[pair(5, 0)]), Ok(None));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn wape(pairs: &[Pair]) -> Measured {
    let (absolute, _, actual) = sums(pairs)?;
    quotient(absolute, actual)
}

/// Forecast accuracy: 1 - [`wape`], not below 0.
///
/// The example of [`wape`]: 945 / 1,010.
///
/// ```
/// # use sopc::{metrics::formula::{Pair, forecast_accuracy}, units::{Ratio, whole}};
/// let pair = |forecast, actual| Pair { forecast: whole(forecast), actual: whole(actual) };
/// assert_eq!(forecast_accuracy(&[pair(950, 1_000), pair(25, 10)]), Ok(Some(Ratio::new(945, 1_010))));
/// assert_eq!(forecast_accuracy(&[pair(50, 10)]), Ok(Some(whole(0))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn forecast_accuracy(pairs: &[Pair]) -> Measured {
    let accuracy = |error: Ratio| add(whole(1), -error).map(|accuracy| accuracy.max(Ratio::zero()));
    wape(pairs)?.map(accuracy).transpose()
}

/// Bias: sum of (forecast - actual) / sum of actuals. Positive: too much was expected. Undefined where nothing came.
///
/// Source: 100, 120, 110, 130 came of 110, 125, 115, 140, <https://www.calcbee.com/calculators/logistics/demand/forecast-bias-calculator>: 30
/// too much, of 460.
///
/// ```
/// # use sopc::{metrics::formula::{Pair, bias}, units::{Ratio, whole}};
/// let pairs = [(110, 100), (125, 120), (115, 110), (140, 130)];
/// let pairs = pairs.map(|(forecast, actual)| Pair { forecast: whole(forecast), actual: whole(actual) });
/// assert_eq!(bias(&pairs), Ok(Some(Ratio::new(30, 460))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn bias(pairs: &[Pair]) -> Measured {
    let (_, signed, actual) = sums(pairs)?;
    quotient(signed, actual)
}

/// Mean absolute percentage error: mean of |actual - forecast| / actual. Undefined without pairs, and where any actual is 0.
///
/// Source: <https://www.forecaststudio.com.mx/blog/forecast-accuracy-metrics>, 77.5 % where [`wape`] has 6.4 %.
///
/// ```
/// # use sopc::{metrics::formula::{Pair, mape}, units::{Ratio, whole}};
/// let pair = |forecast, actual| Pair { forecast: whole(forecast), actual: whole(actual) };
/// assert_eq!(mape(&[pair(950, 1_000), pair(25, 10)]), Ok(Some(Ratio::new(775, 1_000))));
/// assert_eq!(mape(&[pair(5, 5), pair(1, 0)]), Ok(None));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn mape(pairs: &[Pair]) -> Measured {
    let mut sum = Ratio::zero();
    for pair in pairs {
        let Some(error) = quotient(pair.error()?.abs(), pair.actual)? else { return Ok(None) };
        sum = add(sum, error)?;
    }
    quotient(sum, whole(i64::try_from(pairs.len()).map_err(|_| Overflow)?))
}

/// Tracking signal: sum of (forecast - actual) / mean of |forecast - actual|. Beyond 4 either way a forecast is off for
/// good. Undefined where it is exact.
///
/// Source: <https://www.calcbee.com/calculators/logistics/demand/forecast-bias-calculator>, 30 / 7.5 = 4.
///
/// ```
/// # use sopc::{metrics::formula::{Pair, tracking_signal}, units::whole};
/// let pairs = [(110, 100), (125, 120), (115, 110), (140, 130)];
/// let pairs = pairs.map(|(forecast, actual)| Pair { forecast: whole(forecast), actual: whole(actual) });
/// assert_eq!(tracking_signal(&pairs), Ok(Some(whole(4))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn tracking_signal(pairs: &[Pair]) -> Measured {
    let (absolute, signed, _) = sums(pairs)?;
    match quotient(absolute, whole(i64::try_from(pairs.len()).map_err(|_| Overflow)?))? {
        Some(mean) => quotient(signed, mean),
        None => Ok(None),
    }
}
