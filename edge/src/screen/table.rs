//! Columns as wide as what stands in them. Lines are never wrapped or cut: a terminal does that, and
//! a program that reads them wants them whole.

/// Rows of equal length as aligned lines, two spaces between columns.
pub(super) fn aligned<const N: usize>(rows: Vec<[String; N]>) -> String {
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = visible(cell).max(*width);
        }
    }
    let line = |row: [String; N]| {
        let mut line = String::new();
        for (cell, width) in row.into_iter().zip(widths) {
            let missing = width - visible(&cell);
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', missing + 2));
        }
        line.trim_end().to_owned()
    };
    rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Characters that take room: all but the sequences that colour them.
fn visible(text: &str) -> usize {
    let mut in_sequence = false;
    let mut count = 0;
    for c in text.chars() {
        match (in_sequence, c) {
            (false, '\u{1b}') => in_sequence = true,
            (true, 'm') => in_sequence = false,
            (true, _) => {}
            (false, _) => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests;
