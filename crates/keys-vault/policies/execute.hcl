# For `control-api execute`, which signs: it alone opens what was wrapped.
path "transit/decrypt/tenant-acme" {
  capabilities = ["update"]
}

# Moves what was wrapped to the newest version of the key, inside Vault.
path "transit/rewrap/tenant-acme" {
  capabilities = ["update"]
}

# For keys that it makes itself: those of an import, and a tenant's next one.
path "transit/encrypt/tenant-acme" {
  capabilities = ["update"]
}

# Not needed: with it, a key that can be exported from Vault is refused.
path "transit/keys/tenant-acme" {
  capabilities = ["read"]
}
