//! Processor time and memory of all pods together.

use vaultpilot_crds::tenant::TenantSpec;

use crate::tenant::invalid::Invalid;
use crate::tenant::valid::{Allowance, ValidRuntime};

/// While a new version rolls out there is one pod more than asked for; while another change comes
/// in between, one of each again.
const EXTRA_PODS: u32 = 2;

/// What is absent is what the largest number of pods takes.
pub(super) fn allowance(spec: &TenantSpec, runtime: &ValidRuntime) -> Result<Allowance, Invalid> {
    let quota = &spec.quota;
    let most = runtime.replicas.most().saturating_add(EXTRA_PODS);
    let pods = quota
        .pods
        .map_or(most, |pods| u32::try_from(pods).unwrap_or(most));
    let cpu = match &quota.cpu {
        Some(cpu) => cpu.to_string(),
        None => times("spec.runtime.resources.cpu", &runtime.cpu, pods)?,
    };
    let memory = match &quota.memory {
        Some(memory) => memory.to_string(),
        None => times("spec.runtime.resources.memory", &runtime.memory, pods)?,
    };
    Ok(Allowance { cpu, memory, pods })
}

fn times(field: &'static str, amount: &str, factor: u32) -> Result<String, Invalid> {
    let unreadable = || Invalid::Spec {
        field,
        message: format!("{amount} is no quantity"),
    };
    let end = amount.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = amount.split_at(end.unwrap_or(amount.len()));
    let (number, unit) = match number.split_once('.') {
        None => (number.parse::<u64>().ok(), unit),
        // At most three decimals of a core: in thousandths it is whole.
        Some((whole, part)) if unit.is_empty() && part.len() <= 3 => {
            (format!("{whole}{part:0<3}").parse().ok(), "m")
        }
        Some(_) => (None, unit),
    };
    let product = number
        .and_then(|number| number.checked_mul(u64::from(factor)))
        .ok_or_else(unreadable)?;
    Ok(format!("{product}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::times;

    #[test]
    fn amounts_are_multiplied_in_their_own_unit() {
        assert_eq!(times("f", "50m", 5).unwrap(), "250m");
        assert_eq!(times("f", "128Mi", 3).unwrap(), "384Mi");
        assert_eq!(times("f", "0.25", 4).unwrap(), "1000m");
        assert_eq!(times("f", "2", 2).unwrap(), "4");
        assert!(times("f", "a lot", 2).is_err());
        assert!(times("f", "99999999999999999999Gi", 2).is_err());
    }
}
