//! Where a tail reaches a given probability.

/// The `t` at which the logarithm of a tail is `target`, by Newton's method from
/// `start`. `t` is the logarithm of the parameter.
///
/// The tails handed in are those of a beta or gamma law as functions of the
/// logarithm of their argument. Its density is log-concave there, and so are the
/// tails: a tangent never lies below the curve. One step may overshoot, those
/// after it come in from one side, and no bracket is needed.
///
/// `tail(t)` gives the logarithm of the tail and its derivative. Where `below` is
/// given, `t` stays below it.
pub(crate) fn root(
    start: f64,
    target: f64,
    below: Option<f64>,
    tail: impl Fn(f64) -> (f64, f64),
) -> f64 {
    let (mut t, mut last) = (start, f64::INFINITY);
    for _ in 0..200 {
        let (value, slope) = tail(t);
        let mut next = t - (value - target) / slope;
        if let Some(end) = below
            && next >= end
        {
            next = f64::midpoint(t, end);
        }
        let step = (next - t).abs();
        if !next.is_finite() {
            break;
        }
        t = next;
        // The second: what is left is the rounding of the tail.
        if step <= 2e-16 * t.abs() || (step < 1e-11 * t.abs().max(1e-300) && step >= last) {
            break;
        }
        last = step;
    }
    t
}
