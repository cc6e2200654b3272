(** Clusters and their points, and what a change of order does to them. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma mem_clusters n c k : (k \in clusters n c) = has (fun x => c x == k) (points n).
Proof.
rewrite mem_undup; apply/mapP/hasP => [[x Hx ->]|[x Hx /eqP <-]]; by exists x.
Qed.

Lemma other_cluster n c x : non_trivial n c -> exists2 y, (y < n)%N & c y != c x.
Proof.
case=> _; case E: (between n c) => [//|p s] _.
have /between_across [H1 H2 _ H] : p \in between n c by rewrite E mem_head.
by case: (altP (c p.1 =P c x)) => [<-|H']; [exists p.2; rewrite // eq_sym | exists p.1].
Qed.

Lemma members_nil n c y : (y < n)%N -> members n c (c y) != [::].
Proof. by move=> Hy; apply/eqP => E; have := mem_members n c (c y) y; rewrite E eqxx Hy. Qed.

Lemma mem_others n c x y :
  (y \in [seq z <- members n c (c x) | z != x]) = [&& y != x, c y == c x & (y < n)%N].
Proof. by rewrite mem_filter mem_members. Qed.

(** Points of a singleton have no mates. *)

Definition alone n (c : nat -> nat) x := size (members n c (c x)) == 1%N.
Definition mates n (c : nat -> nat) x := [seq y <- members n c (c x) | y != x].

Lemma mates_nil n c x : (x < n)%N -> (mates n c x == [::]) = alone n c x.
Proof.
move=> Hx; have Hm : x \in members n c (c x) by rewrite mem_members eqxx.
have U : uniq (members n c (c x)) by rewrite filter_uniq ?iota_uniq.
rewrite /mates -(rem_filter _ U) -size_eq0 size_rem // /alone.
by case E : (size _) => [|m] //; move/eqP: E; rewrite size_eq0 => /eqP E; rewrite E in Hm.
Qed.

Lemma alone_same n c x y : (x < n)%N -> (y < n)%N -> alone n c x -> c y = c x -> y = x.
Proof.
move=> Hx Hy; rewrite -mates_nil // => /eqP E H; apply/eqP; apply: contraT => Hyx.
by have := mem_others n c x y; rewrite -/(mates n c x) E Hyx H eqxx Hy.
Qed.

Lemma alone_cluster n c x y : c x = c y -> alone n c x = alone n c y.
Proof. by rewrite /alone => ->. Qed.

Section Renamed.

Variables (n : nat) (c c' s t : nat -> nat).
Hypotheses (Hst : bijection n s t) (Hc : renamed n s c c').

Lemma s_inj x y : (x < n)%N -> (y < n)%N -> (s x == s y) = (x == y).
Proof.
move=> Hx Hy; apply/eqP/eqP => [H|-> //].
by have [_ _ _ <-] := Hst Hx; have [_ _ _ <-] := Hst Hy; rewrite H.
Qed.

Lemma perm_points : perm_eq (map s (points n)) (points n).
Proof.
apply: uniq_perm; rewrite ?iota_uniq //.
  rewrite map_inj_in_uniq ?iota_uniq // => x y; rewrite !mem_iota => /andP [_ Hx] /andP [_ Hy] H.
  by apply/eqP; rewrite -(s_inj Hx Hy) H.
move=> y; rewrite mem_iota /=; apply/mapP/idP => [[x]|Hy].
  by rewrite mem_iota => /andP [_ Hx] ->; have [-> _ _ _] := Hst Hx.
by have [_ Ht <- _] := Hst Hy; exists (t y); rewrite ?mem_iota.
Qed.

Lemma perm_keep (keep keep' : pred nat) : (forall x, (x < n)%N -> keep' x = keep (s x)) ->
  perm_eq (map s [seq x <- points n | keep' x]) [seq x <- points n | keep x].
Proof.
move=> H; have -> : [seq x <- points n | keep' x] = [seq x <- points n | keep (s x)].
  by apply: eq_in_filter => x; rewrite mem_iota => /andP [_ /H].
by rewrite -(filter_map s keep); apply/perm_filter/perm_points.
Qed.

Lemma perm_members y : (y < n)%N -> perm_eq (map s (members n c' (c' y))) (members n c (c (s y))).
Proof. by move=> Hy; apply: perm_keep => x Hx; apply: Hc. Qed.

Lemma perm_mates x : (x < n)%N -> perm_eq (map s (mates n c' x)) (mates n c (s x)).
Proof.
move=> Hx; rewrite /mates /members -!filter_predI; apply: perm_keep => y Hy /=.
by rewrite (s_inj Hy Hx) (Hc Hy Hx).
Qed.

Lemma renamed_non_trivial : non_trivial n c -> non_trivial n c'.
Proof.
rewrite /non_trivial -!size_eq0 -(perm_size (ordered_within Hst Hc)) -(perm_size (ordered_between Hst Hc)).
by rewrite !size_map.
Qed.

End Renamed.
