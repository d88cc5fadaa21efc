//! Tests that leave things to chance, and have a short and a long form.

use std::time::UNIX_EPOCH;

/// Whether the long forms are to run, with `SOAK=1`.
pub fn is_soak() -> bool {
    std::env::var_os("SOAK").is_some_and(|value| value != "0")
}

/// What a test's dice start from, which is said; `SEED` has it start there again.
pub fn seed(test: &str) -> u64 {
    let seed = std::env::var("SEED")
        .map_or_else(|_| UNIX_EPOCH.elapsed().unwrap().as_micros() as u64, |seed| seed.parse().unwrap());
    eprintln!("{test}: SEED={seed}");
    seed
}
