//! Members that are linked by what they share, directly or through others.

use std::collections::BTreeMap;

/// Groups of linked members, each known by its least member (a disjoint-set forest).
#[derive(Debug)]
pub struct Linked<T>(BTreeMap<T, T>);

impl<T> Default for Linked<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Copy + Ord> Linked<T> {
    /// Links some members with each other.
    pub fn join(&mut self, members: impl Iterator<Item = T>) {
        let roots: Vec<T> = members.map(|it| self.first(it)).collect();
        if let Some(least) = roots.iter().min().copied() {
            self.0.extend(roots.into_iter().filter(|it| *it != least).map(|it| (it, least)));
        }
    }

    /// The least of the members that a member is linked with; the member itself where there is none.
    pub fn first(&self, mut member: T) -> T {
        while let Some(above) = self.0.get(&member) {
            member = *above;
        }
        member
    }
}

#[cfg(test)]
mod tests {
    use super::Linked;

    #[test]
    fn links_reach_through_others_to_the_least() {
        let mut linked = Linked::default();
        linked.join([5, 7].into_iter());
        linked.join([9, 3].into_iter());
        linked.join([7, 9].into_iter());
        linked.join([8].into_iter());
        let firsts = [5, 7, 9, 3, 8, 1].map(|it| linked.first(it));
        assert_eq!(firsts, [3, 3, 3, 3, 8, 1]);
    }
}
