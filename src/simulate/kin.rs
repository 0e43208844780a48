//! Families: lineages of three generations, households, marriages and degrees of kinship.

use std::collections::BTreeMap;

use super::chance::{Dice, Draw};
use super::person::{Person, SURNAMES};

/// Kinship of two persons of one village, given by their indices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tie {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) relation: &'static str,
    pub(crate) degree: i32,
    pub(crate) source: &'static str,
}

/// All kinship in one village.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kin {
    ties: BTreeMap<(usize, usize), Tie>,
}

impl Kin {
    /// All pairs of relatives, ordered by person.
    pub(crate) fn ties(&self) -> impl Iterator<Item = &Tie> {
        self.ties.values()
    }

    /// Degree of kinship, 1 to 3; `None` if they are not related.
    pub(crate) fn degree(&self, a: usize, b: usize) -> Option<i32> {
        self.ties.get(&(a.min(b), a.max(b))).map(|tie| tie.degree)
    }

    /// Everybody related to a person up to this degree, in order.
    pub(crate) fn near(&self, person: usize, degree: i32) -> Vec<usize> {
        let of = |tie: &&Tie| tie.degree <= degree && (tie.a == person || tie.b == person);
        self.ties().filter(of).map(|tie| if tie.a == person { tie.b } else { tie.a }).collect()
    }

    /// Records a pair of relatives; of two relations of a pair, the closer one is kept.
    fn tie(&mut self, dice: &mut Dice, a: usize, b: usize, relation: &'static str, degree: i32) {
        if a == b {
            return;
        }
        let source = match degree {
            1 => dice.one_of(["register", "register", "household"]),
            2 => dice.one_of(["register", "declared", "declared"]),
            _ => dice.one_of(["declared", "inferred"]),
        };
        let new = Tie { a: a.min(b), b: a.max(b), relation, degree, source };
        let kept = self.ties.entry((new.a, new.b)).or_insert(new);
        if kept.degree > degree {
            *kept = new;
        }
    }

    fn tie_all(
        &mut self,
        dice: &mut Dice,
        some: &[usize],
        others: &[usize],
        relation: &'static str,
        degree: i32,
    ) {
        for a in some {
            for b in others {
                self.tie(dice, *a, *b, relation, degree);
            }
        }
    }
}

/// A lineage: its elders and their adult children.
struct Clan {
    surname: &'static str,
    elders: Vec<usize>,
    sons: Vec<usize>,
    daughters: Vec<usize>,
}

/// Adds `clans` lineages to the people of the village with this code.
///
/// In a lineage village, most of them share one surname and one ancestor.
pub(crate) fn settle(
    dice: &mut Dice,
    people: &mut Vec<Person>,
    code: &str,
    clans: usize,
    is_lineage: bool,
) -> Kin {
    let start = people.len();
    let mut families = Families { people, kin: Kin::default(), code, start, households: 0 };
    let main = dice.one_of(SURNAMES);
    let mut settled: Vec<Clan> = Vec::new();
    for _ in 0..clans {
        let surname = if is_lineage && dice.chance(0.8) { main } else { dice.one_of(SURNAMES) };
        let clan = families.clan(dice, surname);
        settled.push(clan);
    }
    if is_lineage {
        families.bind(dice, &settled, main);
    }
    let mut brides: Vec<usize> = settled.iter().flat_map(|clan| clan.daughters.clone()).collect();
    dice.shuffle(&mut brides);
    for clan in &settled {
        families.marry(dice, clan, &mut brides);
    }
    families.kin
}

struct Families<'a> {
    people: &'a mut Vec<Person>,
    kin: Kin,
    code: &'a str,
    start: usize,
    households: usize,
}

impl Families<'_> {
    fn born(&mut self, dice: &mut Dice, surname: &str, male: bool, birth_year: i64) -> usize {
        let place = self.people.len();
        let mut person = Person::new(dice, self.code, place - self.start + 1, surname);
        person.male = male;
        person.birth_year = i32::try_from(birth_year).unwrap_or(1970);
        self.people.push(person);
        place
    }

    fn house(&mut self, members: &[usize]) {
        self.households += 1;
        let household = format!("H-{}-{:03}", self.code, self.households);
        for member in members {
            if let Some(person) = self.people.get_mut(*member) {
                person.household = Some(household.clone());
            }
        }
    }

    fn clan(&mut self, dice: &mut Dice, surname: &'static str) -> Clan {
        let birth = dice.between(1930, 1950);
        let elder = self.born(dice, surname, true, birth);
        let maiden_name = dice.one_of(SURNAMES);
        let wife = self.born(dice, maiden_name, false, birth + 2);
        self.kin.tie(dice, elder, wife, "spouse", 1);
        let elders = vec![elder, wife];
        let mut clan = Clan { surname, elders, sons: Vec::new(), daughters: Vec::new() };
        for number in 0..dice.count(3, 5) {
            let born = birth + 22 + dice.between(0, 14);
            let male = number == 0 || dice.chance(0.6);
            let child = self.born(dice, surname, male, born);
            if male { clan.sons.push(child) } else { clan.daughters.push(child) }
        }
        let children: Vec<usize> = clan.sons.iter().chain(&clan.daughters).copied().collect();
        self.kin.tie_all(dice, &clan.elders, &children, "parent", 1);
        self.kin.tie_all(dice, &children, &children, "sibling", 1);
        clan
    }

    /// Makes elders of the main lineage brothers or cousins, so that their children are related.
    fn bind(&mut self, dice: &mut Dice, clans: &[Clan], main: &str) {
        let own: Vec<&Clan> = clans.iter().filter(|clan| clan.surname == main).collect();
        for pair in own.windows(2) {
            if let [one, next] = pair {
                let brothers = dice.chance(0.4);
                let degree = if brothers { 2 } else { 3 };
                self.kin.tie_all(dice, &one.elders, &next.elders, "clan", degree);
                self.kin.tie_all(dice, &one.sons, &next.sons, "cousin", 3);
                if brothers {
                    self.kin.tie_all(dice, &one.elders, &next.sons, "uncle", 2);
                    self.kin.tie_all(dice, &next.elders, &one.sons, "uncle", 2);
                }
            }
        }
    }

    /// Each son founds a household; his wife is from the village or from outside.
    fn marry(&mut self, dice: &mut Dice, clan: &Clan, brides: &mut Vec<usize>) {
        let mut cousins: Vec<Vec<usize>> = Vec::new();
        for (number, son) in clan.sons.iter().enumerate() {
            let wife = self.wife(dice, clan, *son, brides);
            let year = self.people.get(*son).map_or(1970, |son| i64::from(son.birth_year));
            let mut children = Vec::new();
            for _ in 0..dice.count(0, 2) {
                let (male, born) = (dice.chance(0.5), year + dice.between(22, 34));
                children.push(self.born(dice, clan.surname, male, born));
            }
            self.kin.tie_all(dice, &[*son, wife], &children, "parent", 1);
            self.kin.tie_all(dice, &children, &children, "sibling", 1);
            self.kin.tie_all(dice, &clan.elders, &children, "grandparent", 2);
            for uncle in clan.sons.iter().filter(|uncle| *uncle != son) {
                self.kin.tie_all(dice, &[*uncle], &children, "uncle", 2);
            }
            for elder in &cousins {
                self.kin.tie_all(dice, elder, &children, "cousin", 3);
            }
            let mut house = vec![*son, wife];
            house.extend(&children);
            if number == 0 {
                house.extend(&clan.elders);
            }
            self.house(&house);
            cousins.push(children);
        }
    }

    fn wife(&mut self, dice: &mut Dice, clan: &Clan, son: usize, brides: &mut Vec<usize>) -> usize {
        let from_village = brides.iter().position(|bride| !clan.daughters.contains(bride));
        let wife = if let Some(place) = from_village.filter(|_| dice.chance(0.6)) {
            brides.remove(place)
        } else {
            let surname = dice.one_of(SURNAMES);
            let year = self.people.get(son).map_or(1970, |son| i64::from(son.birth_year));
            let born = year + dice.between(-1, 4);
            self.born(dice, surname, false, born)
        };
        self.kin.tie(dice, son, wife, "spouse", 1);
        let (her, his) = (self.kin.near(wife, 1), self.kin.near(son, 1));
        let her: Vec<usize> = her.into_iter().filter(|one| *one != son).collect();
        let his: Vec<usize> = his.into_iter().filter(|one| *one != wife).collect();
        self.kin.tie_all(dice, &[son], &her, "in_law", 2);
        self.kin.tie_all(dice, &[wife], &his, "in_law", 2);
        wife
    }
}

#[cfg(test)]
mod tests {
    use super::settle;
    use crate::simulate::chance::{Purpose, dice};

    #[test]
    fn nobody_is_kin_of_himself_and_spouses_are_near() {
        let mut people = Vec::new();
        let mut dice = dice(1, Purpose::Families, &[]);
        let kin = settle(&mut dice, &mut people, "990101101201", 8, true);
        assert!(kin.ties().all(|tie| tie.a < tie.b && tie.b < people.len()));
        let spouses: Vec<_> = kin.ties().filter(|tie| tie.relation == "spouse").collect();
        assert!(spouses.len() > 10);
        assert!(spouses.iter().all(|tie| tie.degree == 1));
    }
}
