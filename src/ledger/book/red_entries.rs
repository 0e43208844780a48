//! Red entries, which take payments back.

/// The payments, in the order of time, that no later red entry of the same amount took back; red entries are none.
pub(crate) fn standing<T>(payments: impl Iterator<Item = T>, fen: impl Fn(&T) -> i64) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for one in payments {
        if fen(&one) > 0 {
            kept.push(one);
        } else if let Some(place) = kept.iter().rposition(|it| fen(it) == -fen(&one)) {
            kept.remove(place);
        }
    }
    kept
}
