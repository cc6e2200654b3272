(** The silhouette. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Silhouette.

Variable R : realFieldType.
Notation o := (field_ops R).

Lemma score_scale (l a b : R) : 0 < l -> score o (l * a) (l * b) = score o a b.
Proof.
move=> Hl; rewrite /score !greatestE /= -maxr_pmulr ?(ltW Hl) // pmulr_rle0 // -mulrBr.
by case: ifP => // _; rewrite cancel_unit.
Qed.

Lemma score_below (a b : R) : 0 < b -> a <= b -> score o a b = 1 - a / b.
Proof. by move=> Hb H; rewrite /score greatestE max_r //= leNgt Hb /= mulrBl divff // gt_eqF. Qed.

Lemma score_above (a b : R) : 0 < b -> b <= a -> score o a b = b / a - 1.
Proof.
move=> Hb H; have Ha := lt_le_trans Hb H.
by rewrite /score greatestE max_l //= leNgt Ha /= mulrBl divff // gt_eqF.
Qed.

Lemma score_mono (a a' b b' : R) : 0 <= a' -> a' <= a -> 0 < b -> b <= b' -> score o a b <= score o a' b'.
Proof.
move=> Ha' Ha Hb Hb'; have Hb0 := lt_le_trans Hb Hb'.
case: (leP a b) => [Hab|/ltW Hab].
  rewrite (score_below Hb Hab) score_below // ?(le_trans Ha (le_trans Hab Hb')) //.
  by rewrite ler_add2l ler_opp2; apply: quotient_mono.
rewrite (score_above Hb Hab).
case: (leP a' b') => [Hab'|/ltW Hab'].
  rewrite score_below //; apply: (@le_trans _ _ 0).
    by rewrite subr_le0 ler_pdivr_mulr ?mul1r // (lt_le_trans Hb Hab).
  by rewrite subr_ge0 ler_pdivr_mulr ?mul1r.
rewrite score_above // ler_add2r; apply: quotient_mono => //; first exact: ltW.
exact: lt_le_trans Hb0 Hab'.
Qed.

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

Section Outer.

Variables (n : nat) (d : nat -> nat -> R) (c : nat -> nat).

Lemma outer_le x y : (y < n)%N -> c y != c x -> outer o n d c x <= mean o (d x) (members n c (c y)).
Proof.
move=> Hy H; apply: (@minimum_le _ _ (fun k => mean o (d x) (members n c k))).
by rewrite mem_filter H mem_clusters; apply/hasP; exists y; rewrite ?mem_iota.
Qed.

Lemma outer_in x : non_trivial n c ->
  exists y, [/\ (y < n)%N, c y != c x & outer o n d c x = mean o (d x) (members n c (c y))].
Proof.
move=> Hc; have [z Hz Hzx] := other_cluster x Hc.
have Hs : [seq k <- clusters n c | k != c x] != [::].
  apply/eqP => E; have := mem_filter (fun k => k != c x) (c z) (clusters n c).
  by rewrite E Hzx mem_clusters => /esym/hasP; case; exists z; rewrite ?mem_iota.
have [k] := minimum_in (fun k => mean o (d x) (members n c k)) Hs.
rewrite mem_filter mem_clusters => /andP [Hk /hasP [y Hy /eqP E]] Eo.
by exists y; rewrite E; split=> //; move: Hy; rewrite mem_iota.
Qed.

End Outer.

Lemma outer_gt0 n d c x : distance n d -> non_trivial n c -> (x < n)%N -> 0 < outer o n d c x.
Proof.
move=> [_ _ pos] Hc Hx; have [y [Hy Hyx ->]] := outer_in d x Hc; apply: mean_gt0 => [|z].
  by apply/eqP => E; have := mem_members n c (c y) y; rewrite E in_nil eqxx Hy.
rewrite mem_members => /andP [/eqP Hz Hzn]; apply: pos => //.
by apply/eqP => E; rewrite -Hz -E eqxx in Hyx.
Qed.

Lemma outer_grows n d d' c x : non_trivial n c -> consistent_change n c d d' -> (x < n)%N ->
  outer o n d c x <= outer o n d' c x.
Proof.
move=> Hc H Hx; have [y [Hy Hyx ->]] := outer_in d' x Hc; apply: (le_trans (outer_le d Hy Hyx)).
apply: mean_mono => z; rewrite mem_members => /andP [/eqP Hz Hzn].
by have := H _ _ Hx Hzn; rewrite Hz eq_sym (negbTE Hyx).
Qed.

Lemma mem_others n c x y :
  (y \in [seq z <- members n c (c x) | z != x]) = [&& y != x, c y == c x & (y < n)%N].
Proof. by rewrite mem_filter mem_members. Qed.

Theorem silhouette_scale_invariant : scale_invariant (silhouette o).
Proof.
move=> n d c l _ _ Hl; rewrite /silhouette; apply: eq_mean => x _; case: ifP => // _.
have -> : inner o n (fun x y => l * d x y) c x = l * inner o n d c x by exact: (mean_scale l (d x)).
have -> : outer o n (fun x y => l * d x y) c x = l * outer o n d c x.
  by rewrite /outer -minimum_scale //; apply: eq_minimum => k _; exact: (mean_scale l (d x)).
exact: score_scale.
Qed.

Theorem silhouette_consistent : consistent (@higher R) (silhouette o).
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /higher /silhouette; apply: mean_mono => x; rewrite mem_iota => /andP [_ Hx].
case: ifP => // _; apply: score_mono.
- apply: mean_ge0 => y; rewrite mem_others => /and3P [Hy _ Hyn].
  by case: Hd' => _ _ pos; apply/ltW/pos; rewrite // eq_sym.
- apply: mean_mono => y; rewrite mem_others => /and3P [_ Hy Hyn].
  by have := H _ _ Hx Hyn; rewrite eq_sym Hy.
- exact: outer_gt0.
- exact: outer_grows.
Qed.

Section Isomorphism.

Variables (n : nat) (d d' : nat -> nat -> R) (c c' s t : nat -> nat).
Hypotheses (Hst : bijection n s t) (Hc : renamed n s c c').
Hypothesis (E : forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)).

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

Lemma mean_members x y : (x < n)%N -> (y < n)%N ->
  mean o (d' x) (members n c' (c' y)) = mean o (d (s x)) (members n c (c (s y))).
Proof.
move=> Hx Hy; rewrite -(mean_perm _ (perm_members Hy)) mean_map; apply: eq_mean => z.
by rewrite mem_members => /andP [_ Hz]; apply: E.
Qed.

Lemma outer_isomorphic x : non_trivial n c -> non_trivial n c' -> (x < n)%N ->
  outer o n d' c' x = outer o n d c (s x).
Proof.
move=> H H' Hx; apply/eqP; rewrite eq_le; apply/andP; split.
  have [y [Hy Hyx ->]] := outer_in d (s x) H; have [_ Ht Ey _] := Hst Hy.
  rewrite -Ey -mean_members //; apply: outer_le => //.
  by rewrite (Hc Ht Hx) Ey.
have [y [Hy Hyx ->]] := outer_in d' x H'; have [Hs _ _ _] := Hst Hy.
by rewrite mean_members //; apply: outer_le; rewrite // -(Hc Hy Hx).
Qed.

Lemma inner_isomorphic x : (x < n)%N -> inner o n d' c' x = inner o n d c (s x).
Proof.
move=> Hx; have P : perm_eq (map s [seq y <- members n c' (c' x) | y != x])
                           [seq y <- members n c (c (s x)) | y != s x].
  rewrite /members -!filter_predI; apply: perm_keep => y Hy /=.
  by rewrite (s_inj Hy Hx) (Hc Hy Hx).
rewrite /inner -(mean_perm _ P) mean_map; apply: eq_mean => y.
by rewrite mem_others => /and3P [_ _ Hy]; apply: E.
Qed.

Lemma renamed_non_trivial : non_trivial n c -> non_trivial n c'.
Proof.
rewrite /non_trivial -!size_eq0 -(perm_size (ordered_within Hst Hc)) -(perm_size (ordered_between Hst Hc)).
by rewrite !size_map.
Qed.

End Isomorphism.

Theorem silhouette_isomorphism_invariant : isomorphism_invariant (silhouette o).
Proof.
move=> n d d' c c' s t _ _ H Hst Hc E; rewrite /silhouette.
apply: (etrans _ (mean_perm _ (perm_points Hst))); rewrite mean_map; apply: eq_mean => x.
rewrite mem_iota => /andP [_ Hx]; rewrite /comp.
have -> : size (members n c' (c' x)) = size (members n c (c (s x))).
  by rewrite -(perm_size (perm_members Hst Hc Hx)) size_map.
rewrite (inner_isomorphic Hst Hc E Hx) (outer_isomorphic Hst Hc E) //.
exact: (renamed_non_trivial Hst Hc).
Qed.

End Silhouette.
