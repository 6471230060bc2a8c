CREATE TABLE dry_runs (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    digest TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 66),
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
