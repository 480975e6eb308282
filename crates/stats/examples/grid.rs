//! Prints every function over a grid as CSV, for `tests/statistics/compare.py`:
//! function, arguments, results, each list with blanks between. A result that
//! there is none of is `none`.

use std::io::{self, Write};

use affiant_stats::{
    Error, benjamini_hochberg, clopper_pearson, fisher_exact, holm, mcnemar_exact,
    poisson_interval, rate_comparison, upper_bound_of_zero,
};

const CONFIDENCES: [f64; 4] = [0.8, 0.95, 0.99, 0.999_999];

fn row(
    out: &mut impl Write,
    function: &str,
    arguments: &[f64],
    results: &[Option<f64>],
) -> io::Result<()> {
    let results: Vec<String> = results
        .iter()
        .map(|value| value.map_or("none".to_owned(), |value| format!("{value:e}")))
        .collect();
    let arguments: Vec<String> = arguments.iter().map(|value| format!("{value:e}")).collect();
    writeln!(
        out,
        "{function},{},{}",
        arguments.join(" "),
        results.join(" ")
    )
}

fn other(error: Error) -> io::Error {
    io::Error::other(error)
}

fn main() -> io::Result<()> {
    let out = &mut io::stdout().lock();
    writeln!(out, "function,arguments,results")?;
    shares(out)?;
    tables(out)?;
    rates(out)?;
    adjustments(out)
}

/// Shares small and large of trials few and many.
fn shares(out: &mut impl Write) -> io::Result<()> {
    let trials = [
        1_u32,
        2,
        7,
        20,
        148,
        1000,
        54_321,
        1_000_000,
        123_456_789,
        1_000_000_000,
    ];
    for n in trials {
        for confidence in CONFIDENCES {
            let zero = upper_bound_of_zero(n.into(), confidence).map_err(other)?;
            row(
                out,
                "upper_bound_of_zero",
                &[n.into(), confidence],
                &[Some(zero.exact)],
            )?;
            let mut successes = vec![
                0,
                1,
                3,
                15,
                999,
                n / 100,
                n / 3,
                n / 2,
                n.saturating_sub(2),
                n,
            ];
            successes.retain(|&x| x <= n);
            successes.sort_unstable();
            successes.dedup();
            for x in successes {
                let found = clopper_pearson(x.into(), n.into(), confidence).map_err(other)?;
                row(
                    out,
                    "clopper_pearson",
                    &[x.into(), n.into(), confidence],
                    &[Some(found.low), found.high],
                )?;
            }
        }
    }
    Ok(())
}

fn tables(out: &mut impl Write) -> io::Result<()> {
    let mut tables: Vec<[[u32; 2]; 2]> = Vec::new();
    for a in 0..7 {
        for b in [0, 1, 3, 6] {
            for c in [0, 2, 5] {
                for d in [1, 4, 9] {
                    tables.push([[a, b], [c, d]]);
                }
            }
        }
    }
    for scale in [10, 1000, 100_000, 10_000_000] {
        tables.push([[3 * scale, 4 * scale], [3 * scale + 7, 4 * scale - 7]]);
        tables.push([[scale, 2 * scale], [scale / 10 + 1, scale / 5]]);
        tables.push([[5, scale], [2, 3 * scale]]);
        tables.push([[0, scale], [9, 2 * scale]]);
        tables.push([[scale, scale], [scale, scale]]);
    }
    tables.push([[500_000_000, 499_900_000], [500_000_000, 500_000_000]]);
    tables.push([[1_000_000_000, 999_900_000], [1_000_000_000, 1_000_000_000]]);
    tables.push([[30, 1_000_000_000], [12, 1_000_000_000]]);
    for table in tables {
        let [[a, b], [c, d]] = table.map(|cells| cells.map(u64::from));
        let found = fisher_exact([[a, b], [c, d]]).map_err(other)?;
        row(
            out,
            "fisher_exact",
            &table
                .concat()
                .into_iter()
                .map(f64::from)
                .collect::<Vec<_>>(),
            &[
                Some(found.two_sided),
                Some(found.less),
                Some(found.greater),
                found.odds_ratio,
            ],
        )?;
    }
    for (b, c) in [
        (0_u32, 0_u32),
        (0, 6),
        (1, 9),
        (4, 4),
        (5, 6),
        (30, 12),
        (0, 1000),
        (510, 490),
        (1_001_000, 999_000),
        (250_020_000, 249_980_000),
        (499_900_000, 500_100_000),
    ] {
        let found = mcnemar_exact(b.into(), c.into()).map_err(other)?;
        row(
            out,
            "mcnemar_exact",
            &[b.into(), c.into()],
            &[Some(found.two_sided), Some(found.greater)],
        )?;
    }
    Ok(())
}

fn rates(out: &mut impl Write) -> io::Result<()> {
    for count in [
        0_u32,
        1,
        2,
        5,
        10,
        100,
        999,
        54_321,
        1_000_000,
        123_456_789,
        1_000_000_000,
    ] {
        for confidence in CONFIDENCES {
            let found = poisson_interval(count.into(), confidence).map_err(other)?;
            row(
                out,
                "poisson_interval",
                &[count.into(), confidence],
                &[Some(found.low), found.high],
            )?;
        }
    }
    let exposures = [(1.0, 1.0), (800.0, 3011.0), (0.25, 7.5), (1e6, 1.0)];
    let counts = [
        (0_u32, 1_u32),
        (5, 0),
        (11, 21),
        (3, 3),
        (140, 100),
        (10_200, 9900),
        (2_001_000, 2_000_000),
        (50_010_000, 49_990_000),
        (500_050_000, 499_950_000),
    ];
    for (a, b) in counts {
        for (exposure_a, exposure_b) in exposures {
            for confidence in CONFIDENCES {
                let found = rate_comparison(a.into(), exposure_a, b.into(), exposure_b, confidence)
                    .map_err(other)?;
                row(
                    out,
                    "rate_comparison",
                    &[a.into(), exposure_a, b.into(), exposure_b, confidence],
                    &[
                        found.ratio,
                        Some(found.interval.low),
                        found.interval.high,
                        Some(found.two_sided),
                        Some(found.less),
                        Some(found.greater),
                    ],
                )?;
            }
        }
    }
    Ok(())
}

fn adjustments(out: &mut impl Write) -> io::Result<()> {
    let lists: [&[f64]; 5] = [
        &[0.02],
        &[0.01, 0.04, 0.03, 0.005],
        &[0.05, 0.05, 0.05, 1.0, 0.0],
        &[1e-12, 0.9, 0.3, 0.3, 1e-5, 0.049, 0.012],
        &[
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ],
    ];
    for list in lists {
        let some = |values: Vec<f64>| values.into_iter().map(Some).collect::<Vec<_>>();
        row(out, "holm", list, &some(holm(list).map_err(other)?))?;
        let found = benjamini_hochberg(list).map_err(other)?;
        row(out, "benjamini_hochberg", list, &some(found))?;
    }
    Ok(())
}
