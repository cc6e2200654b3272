(** What the axioms say of a measure: Ackerman & Ben-David 2008. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Axioms.

Variable R : realFieldType.

(** Distances of n points: symmetric, 0 on the diagonal and positive off it. No triangle inequality is asked for. *)
Definition distance (n : nat) (d : nat -> nat -> R) : Prop :=
  [/\ forall x, (x < n)%N -> d x x = 0,
      forall x y, (x < n)%N -> (y < n)%N -> d x y = d y x &
      forall x y, (x < n)%N -> (y < n)%N -> x != y -> 0 < d x y].

(** Neither one cluster nor all singletons. *)
Definition non_trivial (n : nat) (c : nat -> nat) : Prop :=
  (within n c != [::]) /\ (between n c != [::]).

(** Distances shrink inside the clusters of c and grow between them, or stay. *)
Definition consistent_change (n : nat) (c : nat -> nat) (d d' : nat -> nat -> R) : Prop :=
  forall x y, (x < n)%N -> (y < n)%N -> if c x == c y then d' x y <= d x y else d x y <= d' x y.

(** The same points in another order, with clusters by other names. *)
Definition bijection (n : nat) (s t : nat -> nat) : Prop :=
  forall x, (x < n)%N -> [/\ (s x < n)%N, (t x < n)%N, s (t x) = x & t (s x) = x].

Definition renamed (n : nat) (s : nat -> nat) (c c' : nat -> nat) : Prop :=
  forall x y, (x < n)%N -> (y < n)%N -> (c' x == c' y) = (c (s x) == c (s y)).

Definition measure := nat -> (nat -> nat -> R) -> (nat -> nat) -> R.

Definition scale_invariant (m : measure) : Prop :=
  forall n d c (l : R), distance n d -> non_trivial n c -> 0 < l -> m n (fun x y => l * d x y) c = m n d c.

Definition consistent (better : rel R) (m : measure) : Prop :=
  forall n d d' c, distance n d -> distance n d' -> non_trivial n c -> consistent_change n c d d' ->
  better (m n d c) (m n d' c).

Definition isomorphism_invariant (m : measure) : Prop :=
  forall n d d' c c' s t, distance n d -> distance n d' -> non_trivial n c -> bijection n s t -> renamed n s c c' ->
  (forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)) ->
  m n d' c' = m n d c.

Definition same_partition (n : nat) (c c' : nat -> nat) : Prop :=
  forall x y, (x < n)%N -> (y < n)%N -> (c x == c y) = (c' x == c' y).

(** Every clustering is the only best one for some distances. *)
Definition rich (strictly_better : rel R) (m : measure) : Prop :=
  forall n c, non_trivial n c -> exists2 d, distance n d &
  forall c', non_trivial n c' -> ~ same_partition n c c' -> strictly_better (m n d c') (m n d c).

(** Every clustering is one of the best for some distances. *)
Definition weakly_rich (better : rel R) (m : measure) : Prop :=
  forall n c, non_trivial n c -> exists2 d, distance n d & forall c', non_trivial n c' -> better (m n d c') (m n d c).

(** Every clustering is the only best one of those with as many clusters, for some distances. *)
Definition k_rich (strictly_better : rel R) (m : measure) : Prop :=
  forall n c, non_trivial n c -> exists2 d, distance n d &
  forall c', non_trivial n c' -> size (clusters n c') = size (clusters n c) -> ~ same_partition n c c' ->
  strictly_better (m n d c') (m n d c).

(** What can be split further, or merged, is beaten by something finer, or coarser: Ackerman 2012. *)
Definition refines (n : nat) (c c' : nat -> nat) : Prop :=
  forall x y, (x < n)%N -> (y < n)%N -> c x = c y -> c' x = c' y.

Definition finer (n : nat) (c c' : nat -> nat) : Prop :=
  [/\ non_trivial n c', refines n c' c & ~ same_partition n c c'].

Definition coarser (n : nat) (c c' : nat -> nat) : Prop :=
  [/\ non_trivial n c', refines n c c' & ~ same_partition n c c'].

Definition preference (other : nat -> (nat -> nat) -> (nat -> nat) -> Prop) (strictly_better : rel R)
  (m : measure) : Prop :=
  forall n d c, distance n d -> non_trivial n c -> (exists c', other n c c') ->
  exists2 c', other n c c' & strictly_better (m n d c) (m n d c').

Definition refinement_preference := preference finer.
Definition coarsening_preference := preference coarser.

(** Directions: the second value is at least as good as the first, or better. *)
Definition higher : rel R := fun a b => a <= b.
Definition lower : rel R := fun a b => b <= a.
Definition strictly_higher : rel R := fun a b => a < b.
Definition strictly_lower : rel R := fun a b => b < a.

End Axioms.

(** Pairs, and what a change of order does to them. *)

Section Pairs.

Lemma mem_pairs n x y : ((x, y) \in pairs n) = (y < x < n)%N.
Proof.
apply/flatten_mapP/idP => [[z]|/andP [Hy Hx]].
  by rewrite mem_iota => /andP [_ Hz] /mapP [w]; rewrite mem_iota => /andP [_ Hw] [-> ->]; rewrite Hz andbT.
by exists x; rewrite ?mem_iota //; apply/mapP; exists y; rewrite ?mem_iota.
Qed.

Lemma pairs_uniq n : uniq (pairs n).
Proof.
apply/allpairs_uniq_dep => [|x _|[x1 y1] [x2 y2] _ _ /= [-> ->]] //; exact: iota_uniq.
Qed.

Lemma mem_within n c x y : ((x, y) \in within n c) = (c x == c y) && (y < x < n)%N.
Proof. by rewrite mem_filter mem_pairs. Qed.

Lemma mem_between n c x y : ((x, y) \in between n c) = (c x != c y) && (y < x < n)%N.
Proof. by rewrite mem_filter mem_pairs. Qed.

Lemma mem_members n c k x : (x \in members n c k) = (c x == k) && (x < n)%N.
Proof. by rewrite mem_filter mem_iota. Qed.

(** A pair whose larger number comes first, as [pairs] has it. *)
Definition ordered (s : nat -> nat) (p : nat * nat) :=
  if (s p.2 < s p.1)%N then (s p.1, s p.2) else (s p.2, s p.1).

Variables (n : nat) (s t : nat -> nat) (Hst : bijection n s t).

Lemma ordered_pairs : perm_eq (map (ordered s) (pairs n)) (pairs n).
Proof.
have inj x y : (x < n)%N -> (y < n)%N -> s x = s y -> x = y.
  by move=> Hx Hy E; have [_ _ _ <-] := Hst Hx; have [_ _ _ <-] := Hst Hy; rewrite E.
apply: uniq_perm; rewrite ?pairs_uniq //.
  rewrite map_inj_in_uniq ?pairs_uniq // => -[x y] [x' y'].
  rewrite !mem_pairs /ordered /= => /andP [Hyx Hx] /andP [Hyx' Hx'].
  have [Hy Hy'] := (ltn_trans Hyx Hx, ltn_trans Hyx' Hx').
  case: ifP => _; case: ifP => _ [E1 E2].
  - by rewrite (inj _ _ Hx Hx' E1) (inj _ _ Hy Hy' E2).
  - by move: Hyx Hyx'; rewrite (inj _ _ Hx Hy' E1) (inj _ _ Hy Hx' E2) => H /(ltn_trans H); rewrite ltnn.
  - by move: Hyx Hyx'; rewrite (inj _ _ Hy Hx' E1) (inj _ _ Hx Hy' E2) => H /(ltn_trans H); rewrite ltnn.
  - by rewrite (inj _ _ Hx Hx' E2) (inj _ _ Hy Hy' E1).
move=> [x y]; rewrite mem_pairs; apply/mapP/idP => [[[x' y']]|/andP [Hyx Hx]].
  rewrite mem_pairs /ordered /= => /andP [Hyx Hx].
  have Hy := ltn_trans Hyx Hx.
  have [[Hsx _ _ _] [Hsy _ _ _]] := (Hst Hx, Hst Hy).
  case: ifP => H [-> ->]; first by rewrite H Hsx.
  rewrite Hsy andbT ltn_neqAle leqNgt H andbT.
  by apply/eqP => /(inj _ _ Hx Hy) E; rewrite E ltnn in Hyx.
have Hy := ltn_trans Hyx Hx.
have [[_ Htx Ex _] [_ Hty Ey _]] := (Hst Hx, Hst Hy).
case: (ltngtP (t y) (t x)) => H.
- by exists (t x, t y); rewrite ?mem_pairs ?H ?Htx // /ordered /= Ex Ey Hyx.
- exists (t y, t x); rewrite ?mem_pairs ?H ?Hty // /ordered /= Ex Ey.
  by rewrite ltnNge (ltnW Hyx).
- by move: Hyx; rewrite -Ex -Ey H ltnn.
Qed.

Variables (c c' : nat -> nat) (Hc : renamed n s c c').

Lemma ordered_filter (keep keep' : pred (nat * nat)) :
  (forall p, p \in pairs n -> keep' p = keep (ordered s p)) ->
  perm_eq (map (ordered s) [seq p <- pairs n | keep' p]) [seq p <- pairs n | keep p].
Proof.
move=> H; rewrite (eq_in_filter H) -(filter_map (ordered s) keep).
exact/perm_filter/ordered_pairs.
Qed.

Lemma ordered_same p : p \in pairs n -> (c' p.1 == c' p.2) = (c (ordered s p).1 == c (ordered s p).2).
Proof.
case: p => x y; rewrite mem_pairs => /andP [Hyx Hx].
rewrite (Hc Hx (ltn_trans Hyx Hx)) /ordered /=.
by case: ifP => _ //=; rewrite eq_sym.
Qed.

Lemma ordered_within : perm_eq (map (ordered s) (within n c')) (within n c).
Proof. exact/ordered_filter/ordered_same. Qed.

Lemma ordered_between : perm_eq (map (ordered s) (between n c')) (between n c).
Proof. by apply: ordered_filter => p Hp; rewrite (ordered_same Hp). Qed.

Lemma apart_ordered (R : realFieldType) (d d' : nat -> nat -> R) p :
  distance n d -> (forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)) ->
  p \in pairs n -> apart d' p = apart d (ordered s p).
Proof.
case: p => x y [_ sym _] H; rewrite mem_pairs => /andP [Hyx Hx]; have Hy := ltn_trans Hyx Hx.
have [[Hsx _ _ _] [Hsy _ _ _]] := (Hst Hx, Hst Hy).
rewrite /apart /ordered /= H //; case: ifP => //= _; exact: sym.
Qed.

End Pairs.
