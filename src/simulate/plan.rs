//! Which villages have acts, which have look-alikes, and of which schemes.

use super::chance::{Dice, Draw, Purpose, dice};
use super::price::part;
use super::schemes::SCHEMES;
use super::settings::Settings;
use crate::convert::float;

/// The acts and look-alikes of one village, as indices into the list of schemes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) acts: Vec<usize>,
    pub(crate) look_alikes: Vec<usize>,
}

/// The first village of a township and the number of its villages.
pub(crate) fn villages_of(settings: &Settings, township: u32) -> (u32, u32) {
    let (each, rest) =
        (settings.villages / settings.townships, settings.villages % settings.townships);
    let first = township * each + township.min(rest);
    (first, each + u32::from(township < rest))
}

/// The villages in the same township as this one, as indices in the county.
fn township_of(settings: &Settings, village: usize) -> Vec<usize> {
    let places = (0..settings.townships).map(|township| {
        let (first, count) = villages_of(settings, township);
        (first..first + count).filter_map(|place| usize::try_from(place).ok()).collect()
    });
    places.into_iter().find(|all: &Vec<usize>| all.contains(&village)).unwrap_or_default()
}

/// A village and the neighbours in its township that take part in the same scheme.
fn together(settings: &Settings, dice: &mut Dice, village: usize, scheme: usize) -> Vec<usize> {
    let most = SCHEMES.get(scheme).map_or(1, |scheme| scheme.villages());
    let mut all = vec![village];
    if most > 1 {
        let mut neighbours = township_of(settings, village);
        neighbours.retain(|other| *other != village);
        dice.shuffle(&mut neighbours);
        all.extend(neighbours.into_iter().take(dice.count(1, most - 1)));
    }
    all
}

/// A count times a non-negative factor, rounded.
fn times(count: usize, factor: f64) -> usize {
    let count = i64::try_from(count).unwrap_or(0);
    usize::try_from(part(count, factor)).unwrap_or(0)
}

/// The plans of a county's villages, in their order.
///
/// Each scheme has as many look-alikes for each act as the settings require. With `honest`, the look-alikes are those
/// of the county with acts that has the same seed.
pub(crate) fn plan(settings: &Settings, county: u32) -> Vec<Plan> {
    let villages = usize::try_from(settings.villages).unwrap_or(usize::MAX);
    let mut beside = dice(settings.seed, Purpose::Neighbours, &[u64::from(county)]);
    let mut dice = dice(settings.seed, Purpose::Plan, &[u64::from(county)]);
    let mut order: Vec<usize> = (0..villages).collect();
    dice.shuffle(&mut order);
    let share = f64::from(settings.villages) * settings.acts;
    let chosen = order.iter().enumerate().filter(|(rank, _)| float(*rank) < share);
    let chosen: Vec<usize> = chosen.map(|(_, village)| *village).collect();
    let mut all = vec![Plan::default(); villages];
    let mut schemes: Vec<usize> = (0..SCHEMES.len()).collect();
    dice.shuffle(&mut schemes);
    let mut queue = schemes.iter().copied().cycle();
    let mut acts = vec![0_usize; SCHEMES.len()];
    for village in chosen {
        let own = dice.count(1, 3);
        for scheme in queue.by_ref().take(own) {
            for village in together(settings, &mut beside, village, scheme) {
                let fresh = all.get_mut(village).filter(|plan| !plan.acts.contains(&scheme));
                if let (Some(plan), Some(count)) = (fresh, acts.get_mut(scheme)) {
                    plan.acts.push(scheme);
                    *count += 1;
                }
            }
        }
    }
    for (scheme, count) in acts.iter().enumerate() {
        // One extra, because planting fails where a village lacks a requirement.
        let wanted = times(*count, settings.look_alikes) + usize::from(settings.look_alikes > 0.0);
        let mut placed = 0;
        while placed < wanted {
            let village = dice.count(0, villages - 1);
            for village in together(settings, &mut beside, village, scheme) {
                if let Some(plan) = all.get_mut(village) {
                    plan.look_alikes.push(scheme);
                    placed += 1;
                }
            }
        }
    }
    if settings.honest {
        for plan in &mut all {
            plan.acts.clear();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{SCHEMES, plan, villages_of};
    use crate::simulate::settings::Settings;

    #[test]
    fn what_spans_villages_is_planted_in_several_of_one_township() {
        let settings = Settings { villages: 60, townships: 6, acts: 0.6, ..Settings::default() };
        let plans = plan(&settings, 0);
        for (place, scheme) in SCHEMES.iter().enumerate().filter(|(_, one)| one.villages() > 1) {
            let mut seen = 0;
            for township in 0..settings.townships {
                let (first, count) = villages_of(&settings, township);
                let own = plans.iter().skip(first as usize).take(count as usize);
                let parts = own.filter(|plan| plan.acts.contains(&place)).count();
                assert_ne!(parts, 1, "{} in one village", scheme.name());
                seen += parts;
            }
            assert!(seen > 0, "{}", scheme.name());
        }
    }

    #[test]
    fn an_honest_county_has_the_same_look_alikes_and_no_act() {
        let settings = Settings::default();
        let honest = Settings { honest: true, ..settings.clone() };
        let (with, without) = (plan(&settings, 0), plan(&honest, 0));
        assert!(with.iter().any(|plan| !plan.acts.is_empty()));
        assert!(without.iter().all(|plan| plan.acts.is_empty()));
        assert!(with.iter().zip(&without).all(|(one, other)| one.look_alikes == other.look_alikes));
    }
}
