(** Dunn's index with other separations of clusters and other diameters: extremes and means of distances. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Chains Richness Summaries.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section GeneralizedDunn.

Variable R : realFieldType.
Notation o := (field_ops R).
Notation summary := ((nat * nat -> R) -> seq (nat * nat) -> R).

Lemma mem_across n c p : p \in between n c -> p \in across n c p.
Proof. by move=> H; rewrite mem_filter !eqxx H. Qed.

Lemma mem_inside n c p : p \in within n c -> p \in inside n c p.
Proof. by move=> H; rewrite mem_filter eqxx H. Qed.

Lemma across_nil n c p : p \in between n c -> across n c p != [::].
Proof. by move=> /mem_across H; apply: contraTneq H => ->. Qed.

Lemma inside_nil n c p : p \in within n c -> inside n c p != [::].
Proof. by move=> /mem_inside H; apply: contraTneq H => ->. Qed.

Lemma across_between n c p q : q \in across n c p -> q \in between n c.
Proof. by rewrite mem_filter => /andP []. Qed.

Lemma inside_within n c p q : q \in inside n c p -> q \in within n c.
Proof. by rewrite mem_filter => /andP []. Qed.

Variables (A D : summary) (HA : average A) (HD : average D).
Notation value := (fun n d c => generalized_dunn o n d c A D).

Lemma separation_gt0 n d c : distance n d -> non_trivial n c ->
  0 < minimum o (fun p => A (apart d) (across n c p)) (between n c).
Proof.
move=> Hd [_ Hb]; apply: minimum_gt0 => // p Hp; apply: (average_gt0 HA); first exact: across_nil.
by move=> q /across_between; apply: apart_between_gt0.
Qed.

Lemma diameter_ge n d c m p : p \in within n c -> 0 <= m -> (forall q, q \in inside n c p -> m <= apart d q) ->
  m <= maximum o (fun p => D (apart d) (inside n c p)) (within n c).
Proof.
move=> Hp Hm H; apply: (@le_trans _ _ (D (apart d) (inside n c p))).
  by apply: (average_ge HD) => //; apply: inside_nil.
exact: (maximum_ge (fun p => D (apart d) (inside n c p)) Hp).
Qed.

Lemma diameter_gt0 n d c : distance n d -> non_trivial n c ->
  0 < maximum o (fun p => D (apart d) (inside n c p)) (within n c).
Proof.
move=> Hd [Hw _]; case E : (within n c) Hw => [//|p s] _; rewrite -E.
have Hp : p \in within n c by rewrite E mem_head.
apply: (@lt_le_trans _ _ (D (apart d) (inside n c p))).
  by apply: (average_gt0 HD); [exact: inside_nil | move=> q /inside_within; apply: apart_gt0].
exact: (maximum_ge (fun p => D (apart d) (inside n c p)) Hp).
Qed.

Lemma scale_invariance : scale_invariant value.
Proof.
move=> n d c l _ _ Hl; rewrite /generalized_dunn /=.
have -> : minimum o (fun p => A (apart (fun x y => l * d x y)) (across n c p)) (between n c) =
          l * minimum o (fun p => A (apart d) (across n c p)) (between n c).
  by rewrite -minimum_scale //; apply: eq_minimum => p _; apply: (average_scale HA).
have -> : maximum o (fun p => D (apart (fun x y => l * d x y)) (inside n c p)) (within n c) =
          l * maximum o (fun p => D (apart d) (inside n c p)) (within n c).
  by rewrite -maximum_scale //; apply: eq_maximum => p _; apply: (average_scale HD).
exact: cancel_unit.
Qed.

Lemma consistency : consistent (@higher R) value.
Proof.
move=> n d d' c Hd Hd' Hc H; rewrite /higher /generalized_dunn /=; apply: quotient_mono.
- exact/ltW/separation_gt0.
- apply: minimum_mono => p _; apply: (average_mono HA) => q /across_between; exact: across_grows.
- exact: diameter_gt0.
- apply: maximum_mono => p _; apply: (average_mono HD) => q /inside_within; exact: inside_shrinks.
Qed.

Section Isomorphism.

Variables (n : nat) (d d' : nat -> nat -> R) (c c' s t : nat -> nat).
Hypotheses (Hd : distance n d) (Hst : bijection n s t) (Hc : renamed n s c c').
Hypothesis (E : forall x y, (x < n)%N -> (y < n)%N -> d' x y = d (s x) (s y)).

Lemma pair_points p : p \in pairs n -> (p.1 < n)%N /\ (p.2 < n)%N.
Proof. by case: p => x y; rewrite mem_pairs => /andP [Hyx Hx]; split=> //; apply: ltn_trans Hyx Hx. Qed.

Lemma across_ordered p : p \in pairs n ->
  perm_eq (map (ordered s) (across n c' p)) (across n c (ordered s p)).
Proof.
move=> /pair_points [Hp1 Hp2]; rewrite /across /between -!filter_predI.
apply: (ordered_filter Hst) => q Hq; have [Hq1 Hq2] := pair_points Hq.
have Eq : (c (s q.2) == c (s q.1)) = (c (s q.1) == c (s q.2)) by rewrite eq_sym.
by rewrite /= !Hc // /ordered; case: ifP => _; case: ifP => _ /=; rewrite ?Eq; do ?case: (_ == _).
Qed.

Lemma inside_ordered p : p \in within n c' ->
  perm_eq (map (ordered s) (inside n c' p)) (inside n c (ordered s p)).
Proof.
move=> Hp; have [Hp1 Hp2 _ Ep] := within_inside Hp; rewrite /inside /within -!filter_predI.
apply: (ordered_filter Hst) => q Hq; have [Hq1 Hq2] := pair_points Hq.
have Eq : (c (s q.2) == c (s q.1)) = (c (s q.1) == c (s q.2)) by rewrite eq_sym.
move: Ep; rewrite /= !Hc // /ordered => /eqP Ep.
case: ifP => _; case: ifP => _ /=; rewrite ?Eq -?Ep //.
- by case: (altP (c (s q.1) =P c (s q.2))) => [->|]; rewrite ?andbF.
- by case: (altP (c (s q.1) =P c (s q.2))) => [->|]; rewrite ?andbF.
Qed.

Lemma average_ordered (S : summary) u : average S -> {subset u <= pairs n} ->
  S (apart d') u = S (apart d) (map (ordered s) u).
Proof.
move=> HS H; rewrite (average_renamed HS) => [|x y].
  by apply: (average_eq HS) => q /H Hq; apply: (apart_ordered Hst Hd E Hq).
have small z : has (meets z) u -> (z < n)%N.
  by move=> /hasP [q /H /pair_points [H1 H2] /orP [] /eqP ->].
by move=> /small Hx /small Hy Exy; have [[_ _ _ <-] [_ _ _ <-]] := (Hst Hx, Hst Hy); rewrite Exy.
Qed.

End Isomorphism.

Lemma isomorphism_invariance : isomorphism_invariant value.
Proof.
move=> n d d' c c' s t Hd _ _ Hst Hc E; rewrite /generalized_dunn /=; congr (_ / _).
  rewrite -(minimum_perm _ (perm_mem (ordered_between Hst Hc))) minimum_map; apply: eq_minimum => p Hp /=.
  have Hpn : p \in pairs n by move: Hp; rewrite mem_filter => /andP [].
  rewrite -(average_perm HA _ (across_ordered Hst Hc Hpn)); apply: (average_ordered Hd Hst E HA).
  by move=> q /across_between; rewrite mem_filter => /andP [].
rewrite -(maximum_perm _ (perm_mem (ordered_within Hst Hc))) maximum_map; apply: eq_maximum => p Hp /=.
rewrite -(average_perm HD _ (inside_ordered Hst Hc Hp)); apply: (average_ordered Hd Hst E HD).
by move=> q /inside_within; rewrite mem_filter => /andP [].
Qed.

(** Richness: distance 1 inside clusters, and more than there are pairs between them. *)

Hypothesis HDsees : sees D.

Section Rich.

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.

Definition above : R := ((size (pairs n)).+1)%:R.
Notation d := (two_levels c above).

Lemma above_gt0 : 0 < above.
Proof. by rewrite ltr0n. Qed.

Lemma above_distance : distance n d.
Proof. exact: two_levels_distance above_gt0. Qed.

Lemma apart_le p : apart d p <= above.
Proof.
by rewrite /apart /two_levels; case: ifP => _; [exact/ltW/above_gt0 | case: ifP => _; rewrite ?ler1n].
Qed.

Lemma generalized_own : above <= value n d c.
Proof.
rewrite /generalized_dunn /= ler_pdivl_mulr; last exact: diameter_gt0 above_distance Hc.
apply: (@le_trans _ _ above).
  rewrite ler_pimulr ?(ltW above_gt0) //; apply: maximum_le; rewrite ?ler01 // => p Hp.
  by apply: (average_le HD); rewrite ?ler01 ?inside_nil // => q /inside_within Hq; rewrite (inside_one _ Hq).
case: Hc => _ Hb; apply: le_minimum => // p Hp.
apply: (average_ge HA); [exact/ltW/above_gt0 | exact: across_nil |].
by move=> q /across_between Hq; rewrite (across_far _ Hq).
Qed.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hneq : ~ same_partition n c c').

Lemma separation_le m p : p \in between n c' -> 0 <= m -> (forall q, q \in across n c' p -> apart d q <= m) ->
  minimum o (fun p => A (apart d) (across n c' p)) (between n c') <= m.
Proof.
move=> Hp Hm H; apply: (le_trans (minimum_le _ Hp)).
by apply: (average_le HA) => //; apply: across_nil.
Qed.

Lemma generalized_rival : value n d c' <= (size (pairs n))%:R.
Proof.
have N : (0 < size (pairs n))%N.
  by case: Hc => Hw _; rewrite lt0n; apply: contraNneq Hw => /eqP; rewrite size_eq0 /within => /eqP ->.
rewrite /generalized_dunn /= ler_pdivr_mulr; last exact: diameter_gt0 above_distance Hc'.
case: (boolP (has (fun p => c p.1 != c p.2) (within n c'))) => [/hasP [p Hp Ep]|/hasPn H].
  have Hlong : apart d p = above by have [_ _ Hne _] := within_inside Hp; rewrite two_levels_apart // (negbTE Ep).
  case: (Hc') => _; case Eb : (between n c') => [//|q s] _; rewrite -Eb.
  have Hq : q \in between n c' by rewrite Eb mem_head.
  apply: (@le_trans _ _ above); first by apply: (separation_le Hq (ltW above_gt0)) => r _; apply: apart_le.
  have pos r : r \in inside n c' p -> 0 <= apart d r.
    by move=> /inside_within Hr; apply/ltW/(apart_gt0 above_distance Hr).
  have D0 : 0 <= D (apart d) (inside n c' p) by apply: (average_ge HD) => //; apply: inside_nil.
  rewrite mulrC -[X in X <= _]Hlong; apply: (le_trans (HDsees (mem_inside Hp) pos)); apply: ler_pmul => //.
  - exact: ler0n.
  - exact: (maximum_ge (fun p => D (apart d) (inside n c' p)) Hp).
  - by rewrite ler_nat /inside size_filter (leq_trans (count_size _ _)) // size_filter count_size.
have {}H p : p \in within n c' -> c p.1 = c p.2 by move=> /H; rewrite negbK => /eqP.
have refines := from_pairs H.
case: (differing_pair Hneq) => [[p Hp Ep]|[p /H ->]]; last by rewrite eqxx.
apply: (@le_trans _ _ 1).
  apply: (separation_le Hp ler01) => r Hr; have [Hr1 Hr2 Hne _] := between_across (across_between Hr).
  have [Hp1 Hp2 _ _] := between_across Hp; rewrite two_levels_apart //.
  suff -> : c r.1 == c r.2 by exact: lexx.
  move: Hr; rewrite mem_filter => /andP [/orP [] /andP [/eqP E1 /eqP E2] _].
    by rewrite (refines _ _ Hr1 Hp1 E1) (refines _ _ Hr2 Hp2 E2).
  by rewrite (refines _ _ Hr1 Hp2 E1) (refines _ _ Hr2 Hp1 E2) eq_sym.
case: (Hc') => Hw _; case Ew : (within n c') Hw => [//|q s] _; rewrite -Ew.
have Hq : q \in within n c' by rewrite Ew mem_head.
have M : 1 <= maximum o (fun p => D (apart d) (inside n c' p)) (within n c').
  apply: (diameter_ge Hq ler01) => r /inside_within Hr; have [_ _ Hne _] := within_inside Hr.
  by rewrite two_levels_apart // H // eqxx.
by apply: (le_trans M); rewrite ler_pemull ?ler1n // (le_trans ler01).
Qed.

End Rich.

Lemma richness : rich (@strictly_higher R) value.
Proof.
move=> n c Hc; exists (two_levels c (above n)); first exact: above_distance.
move=> c' Hc' Hneq; apply: lt_le_trans (generalized_own Hc).
by apply: (le_lt_trans (generalized_rival Hc Hc' Hneq)); rewrite ltr_nat.
Qed.

End GeneralizedDunn.

Section Theorems.

Variable R : realFieldType.
Notation o := (field_ops R).

Theorem generalized_dunn_single_average_scale_invariant : scale_invariant (generalized_dunn_single_average o).
Proof. exact: (scale_invariance (@minimum_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_single_average_consistent : consistent (@higher R) (generalized_dunn_single_average o).
Proof. exact: (consistency (@minimum_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_single_average_isomorphism_invariant :
  isomorphism_invariant (generalized_dunn_single_average o).
Proof. exact: (isomorphism_invariance (@minimum_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_single_average_rich : rich (@strictly_higher R) (generalized_dunn_single_average o).
Proof. exact: (richness (@minimum_average R) (@mean_average R) (@mean_sees R)). Qed.

Theorem generalized_dunn_complete_maximum_scale_invariant : scale_invariant (generalized_dunn_complete_maximum o).
Proof. exact: (scale_invariance (@maximum_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_complete_maximum_consistent : consistent (@higher R) (generalized_dunn_complete_maximum o).
Proof. exact: (consistency (@maximum_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_complete_maximum_isomorphism_invariant :
  isomorphism_invariant (generalized_dunn_complete_maximum o).
Proof. exact: (isomorphism_invariance (@maximum_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_complete_maximum_rich : rich (@strictly_higher R) (generalized_dunn_complete_maximum o).
Proof. exact: (richness (@maximum_average R) (@maximum_average R) (@maximum_sees R)). Qed.

Theorem generalized_dunn_complete_average_scale_invariant : scale_invariant (generalized_dunn_complete_average o).
Proof. exact: (scale_invariance (@maximum_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_complete_average_consistent : consistent (@higher R) (generalized_dunn_complete_average o).
Proof. exact: (consistency (@maximum_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_complete_average_isomorphism_invariant :
  isomorphism_invariant (generalized_dunn_complete_average o).
Proof. exact: (isomorphism_invariance (@maximum_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_complete_average_rich : rich (@strictly_higher R) (generalized_dunn_complete_average o).
Proof. exact: (richness (@maximum_average R) (@mean_average R) (@mean_sees R)). Qed.

Theorem generalized_dunn_average_maximum_scale_invariant : scale_invariant (generalized_dunn_average_maximum o).
Proof. exact: (scale_invariance (@mean_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_average_maximum_consistent : consistent (@higher R) (generalized_dunn_average_maximum o).
Proof. exact: (consistency (@mean_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_average_maximum_isomorphism_invariant :
  isomorphism_invariant (generalized_dunn_average_maximum o).
Proof. exact: (isomorphism_invariance (@mean_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_average_maximum_rich : rich (@strictly_higher R) (generalized_dunn_average_maximum o).
Proof. exact: (richness (@mean_average R) (@maximum_average R) (@maximum_sees R)). Qed.

Theorem generalized_dunn_average_average_scale_invariant : scale_invariant (generalized_dunn_average_average o).
Proof. exact: (scale_invariance (@mean_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_average_average_consistent : consistent (@higher R) (generalized_dunn_average_average o).
Proof. exact: (consistency (@mean_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_average_average_isomorphism_invariant :
  isomorphism_invariant (generalized_dunn_average_average o).
Proof. exact: (isomorphism_invariance (@mean_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_average_average_rich : rich (@strictly_higher R) (generalized_dunn_average_average o).
Proof. exact: (richness (@mean_average R) (@mean_average R) (@mean_sees R)). Qed.

Theorem generalized_dunn_hausdorff_maximum_scale_invariant : scale_invariant (generalized_dunn_hausdorff_maximum o).
Proof. exact: (scale_invariance (@hausdorff_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_hausdorff_maximum_consistent : consistent (@higher R) (generalized_dunn_hausdorff_maximum o).
Proof. exact: (consistency (@hausdorff_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_hausdorff_maximum_isomorphism_invariant :
  isomorphism_invariant (generalized_dunn_hausdorff_maximum o).
Proof. exact: (isomorphism_invariance (@hausdorff_average R) (@maximum_average R)). Qed.

Theorem generalized_dunn_hausdorff_maximum_rich : rich (@strictly_higher R) (generalized_dunn_hausdorff_maximum o).
Proof. exact: (richness (@hausdorff_average R) (@maximum_average R) (@maximum_sees R)). Qed.

Theorem generalized_dunn_hausdorff_average_scale_invariant : scale_invariant (generalized_dunn_hausdorff_average o).
Proof. exact: (scale_invariance (@hausdorff_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_hausdorff_average_consistent : consistent (@higher R) (generalized_dunn_hausdorff_average o).
Proof. exact: (consistency (@hausdorff_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_hausdorff_average_isomorphism_invariant :
  isomorphism_invariant (generalized_dunn_hausdorff_average o).
Proof. exact: (isomorphism_invariance (@hausdorff_average R) (@mean_average R)). Qed.

Theorem generalized_dunn_hausdorff_average_rich : rich (@strictly_higher R) (generalized_dunn_hausdorff_average o).
Proof. exact: (richness (@hausdorff_average R) (@mean_average R) (@mean_sees R)). Qed.

End Theorems.
