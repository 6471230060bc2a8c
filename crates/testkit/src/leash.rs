//! Servers for tests end with the test program, however that ends.

/// Ends the server when our end of its standard input is gone, which the kernel sees to even if we
/// are killed. The arguments are the signal that ends it, the folder to remove, and the server's
/// command line.
pub(crate) const LEASH: &str = r#"
signal=$1
folder=$2
shift 2
"$@" </dev/null &
server=$!
while read -r _; do :; done
kill -"$signal" "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;
