# For `control-api serve`, which decides and can open nothing: it encrypts, for each key that a tenant
# names, and may not even make one.
path "transit/encrypt/tenant-acme" {
  capabilities = ["update"]
}
