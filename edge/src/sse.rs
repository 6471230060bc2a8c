//! Server-sent events, taken apart as they arrive.

/// Collects bytes until an event is whole.
#[derive(Debug, Default)]
pub(crate) struct Events {
    rest: Vec<u8>,
    data: Vec<String>,
}

impl Events {
    /// Takes what arrived and gives the data of every event that is complete now.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(bytes);
        let mut complete = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                if !self.data.is_empty() {
                    complete.push(std::mem::take(&mut self.data).join("\n"));
                }
            } else if let Some(data) = line.strip_prefix("data:") {
                self.data
                    .push(data.strip_prefix(' ').unwrap_or(data).to_owned());
            }
        }
        complete.retain(|data| !data.is_empty());
        complete
    }
}

#[cfg(test)]
mod tests;
