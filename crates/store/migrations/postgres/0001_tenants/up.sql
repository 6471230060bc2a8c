-- Text that names or orders rows is compared by its bytes, whatever the locale of the database: a
-- page begins where the one before it ended.
CREATE TABLE tenants (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (json_typeof(state::json) = 'object'),
    namespace TEXT COLLATE "C" UNIQUE,
    quota TEXT NOT NULL CHECK (json_typeof(quota::json) = 'object'),
    managed TEXT CHECK (json_typeof(managed::json) = 'object'),
    -- Grows with every change of what others remember of the tenant.
    revision BIGINT NOT NULL DEFAULT 0 CHECK (revision >= 0),
    created_at BIGINT NOT NULL
);
