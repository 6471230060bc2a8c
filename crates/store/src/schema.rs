//! Tables as diesel sees them. Times are nanoseconds since 1970, amounts 32 big-endian bytes, and
//! everything that is only carried is JSON.

diesel::table! {
    tenants (id) {
        id -> Text,
        name -> Text,
        state -> Text,
        namespace -> Nullable<Text>,
        quota -> Text,
        keys -> Text,
        managed -> Nullable<Text>,
        revision -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    wallets (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        label -> Text,
        address -> Text,
        chains -> Text,
        state -> Text,
        managed -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    wallet_keys (tenant_id, wallet_id, version, generation) {
        tenant_id -> Text,
        wallet_id -> Text,
        version -> BigInt,
        generation -> BigInt,
        provider -> Text,
        kek -> Nullable<BigInt>,
        envelope -> Binary,
    }
}

diesel::table! {
    tenant_keks (tenant_id, version, generation) {
        tenant_id -> Text,
        version -> BigInt,
        generation -> BigInt,
        management -> Text,
        root -> Text,
        wrapped -> Binary,
        seals -> Binary,
        imports -> Binary,
        mac -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    key_tasks (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        revision -> BigInt,
        requester -> Text,
        work -> Text,
        state -> Text,
        due_at -> Nullable<BigInt>,
        facts -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    policies (tenant_id, name) {
        tenant_id -> Text,
        name -> Text,
        id -> Text,
        document -> Text,
        decimals -> Text,
        managed -> Nullable<Text>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    intents (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        wallet_id -> Text,
        chain -> Text,
        address -> Text,
        request_id -> Text,
        request_digest -> Text,
        state -> Text,
        tx_hash -> Nullable<Text>,
        nonce -> Nullable<BigInt>,
        created_at -> BigInt,
        intent -> Text,
        facts -> Text,
        decision -> Text,
    }
}

diesel::table! {
    payments (tenant_id, wallet_id, recipient, asset, intent_id) {
        tenant_id -> Text,
        wallet_id -> Text,
        recipient -> Text,
        asset -> Text,
        intent_id -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    reservations (tenant_id, intent_id, kind, asset) {
        tenant_id -> Text,
        intent_id -> Text,
        kind -> Text,
        asset -> Text,
        wallet_id -> Text,
        agent -> Text,
        dated_at -> BigInt,
        state -> Text,
        reserved -> Binary,
        counted -> Binary,
    }
}

diesel::table! {
    leases (chain, address) {
        chain -> Text,
        address -> Text,
        holder -> Text,
        epoch -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    nonces (chain, address, nonce) {
        chain -> Text,
        address -> Text,
        nonce -> BigInt,
        tenant_id -> Text,
        intent_id -> Text,
        epoch -> BigInt,
    }
}

diesel::table! {
    approvals (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        intent_id -> Text,
        digest -> Text,
        requester -> Text,
        summary -> Text,
        code -> Nullable<Binary>,
        created_at -> BigInt,
        expires_at -> BigInt,
        state -> Text,
        failed_codes -> BigInt,
        facts -> Text,
    }
}

diesel::table! {
    api_keys (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        name -> Text,
        role -> Text,
        scopes -> Text,
        prefix -> Text,
        hash -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        made_by -> Nullable<Text>,
    }
}

diesel::table! {
    mcp_events (tenant_id, seq) {
        tenant_id -> Text,
        seq -> BigInt,
        id -> Text,
        wallet_id -> Nullable<Text>,
        intent_id -> Nullable<Text>,
        outcome -> Text,
        draft -> Text,
        prev_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    dry_runs (tenant_id, digest) {
        tenant_id -> Text,
        digest -> Text,
        seen_at -> BigInt,
    }
}

diesel::table! {
    strategies (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        name -> Text,
        wallet_id -> Text,
        kind -> Text,
        spec -> Text,
        decimals -> BigInt,
        state -> Text,
        next_at -> Nullable<BigInt>,
        facts -> Text,
        progress -> Text,
        revision -> BigInt,
        managed -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    strategy_runs (tenant_id, id) {
        tenant_id -> Text,
        id -> Text,
        strategy_id -> Text,
        planned_at -> BigInt,
        epoch -> BigInt,
        opened_at -> BigInt,
        state -> Text,
        lease_until -> Nullable<BigInt>,
        intent_id -> Nullable<Text>,
        facts -> Text,
    }
}
