(** Tau is rich: distance 1 inside clusters and 2 between them. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Chains Richness Numbers.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.

Section Tau.

Local Open Scope ring_scope.

Variable R : realFieldType.
Notation o := (field_ops R).

(** The square root, of numbers that are not negative. *)
Variable root : R -> R.
Hypothesis root_ge0 : forall a, 0 <= root a.
Hypothesis root_square : forall a, 0 <= a -> root a * root a = a.

Lemma root_gt0 a : 0 < a -> 0 < root a.
Proof.
move=> Ha; rewrite lt_neqAle root_ge0 andbT eq_sym; apply/eqP => E.
by have := root_square (ltW Ha); rewrite E mulr0 => E0; rewrite -E0 ltxx in Ha.
Qed.

(** Quotients by roots are compared by their squares. *)
Lemma by_squares (a b u v : R) : 0 <= a -> 0 < b -> 0 < u -> 0 < v -> a * a * v < b * b * u ->
  a / root u < b / root v.
Proof.
move=> Ha Hb Hu Hv H; have [Ru Rv] := (root_gt0 Hu, root_gt0 Hv).
rewrite ltr_pdivr_mulr // mulrAC ltr_pdivl_mulr // -(ltr_pexpn2r (ltn0Sn 1)).
- by rewrite !expr2 mulrACA [X in _ < X]mulrACA !root_square ?ltW.
- by rewrite nnegrE mulr_ge0 // ltW.
- by rewrite nnegrE mulr_ge0 // ltW.
Qed.

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.
Notation d := (two_levels c (2%:R : R)).
Notation same := (fun p : nat * nat => c p.1 == c p.2).

Lemma apart_pair c' p : p \in within n c' \/ p \in between n c' -> apart d p = if same p then 1 else 2%:R.
Proof. by move=> H; apply: two_levels_apart; case: H => [/within_inside|/between_across] []. Qed.

Section Any.

Variable c' : nat -> nat.

Lemma concordant_count :
  concordant o n d c' = (count same (within n c') * count (predC same) (between n c'))%N.
Proof.
rewrite -count_allpairs; apply: eq_in_count => pq /mem_comparisons [Hp Hq] /=.
rewrite (apart_pair (or_introl Hp)) (apart_pair (or_intror Hq)).
by case: (same pq.1); case: (same pq.2) => //=; rewrite ?lexx ?ler1n // -ltNge ltr1n.
Qed.

Lemma discordant_count :
  discordant o n d c' = (count (predC same) (within n c') * count same (between n c'))%N.
Proof.
rewrite -count_allpairs; apply: eq_in_count => pq /mem_comparisons [Hp Hq] /=.
rewrite (apart_pair (or_introl Hp)) (apart_pair (or_intror Hq)).
by case: (same pq.1); case: (same pq.2) => //=; rewrite ?lexx ?ler1n // -ltNge ltr1n.
Qed.

Lemma size_parts : (size (within n c') + size (between n c') = size (pairs n))%N.
Proof. by rewrite !size_filter count_predC. Qed.

Lemma count_parts (f : pred (nat * nat)) : (count f (within n c') + count f (between n c') = count f (pairs n))%N.
Proof.
by rewrite -count_cat; apply/permP; rewrite (perm_filterC (fun p => c' p.1 == c' p.2) (pairs n)).
Qed.

Lemma size_within : size (within n c') = (count same (within n c') + count (predC same) (within n c'))%N.
Proof. by rewrite count_predC. Qed.

Lemma size_between : size (between n c') = (count same (between n c') + count (predC same) (between n c'))%N.
Proof. by rewrite count_predC. Qed.

Lemma tau_value : tau o n d c' root =
  ((concordant o n d c')%:R - (discordant o n d c')%:R) /
  root ((size (within n c') * size (between n c') * (size (pairs n) * (size (pairs n)).-1 %/ 2))%N%:R).
Proof. by rewrite /tau comparisons_of_two_kinds /surplus size_parts. Qed.

End Any.

Lemma own_counts : count same (within n c) = size (within n c) /\ count same (between n c) = 0%N /\
  count (predC same) (within n c) = 0%N /\ count (predC same) (between n c) = size (between n c).
Proof.
have W : all same (within n c) by apply/allP => p; rewrite mem_filter => /andP [].
have B : all (predC same) (between n c) by apply/allP => p; rewrite mem_filter => /andP [].
split; first by apply/eqP; rewrite -all_count.
split.
  by apply/eqP; rewrite -leqn0 leqNgt -has_count; apply/hasPn => p Hp; apply: (allP B).
split; last by apply/eqP; rewrite -all_count.
by apply/eqP; rewrite -leqn0 leqNgt -has_count; apply/hasPn => p Hp; rewrite /= negbK; apply: (allP W).
Qed.

Lemma size_within_own c' : size (within n c) = (count same (within n c') + count same (between n c'))%N.
Proof. by rewrite count_parts size_filter. Qed.

Lemma size_between_own c' :
  size (between n c) = (count (predC same) (within n c') + count (predC same) (between n c'))%N.
Proof. by rewrite count_parts size_filter. Qed.

Lemma all_comparisons_gt0 : (0 < size (pairs n) * (size (pairs n)).-1 %/ 2)%N.
Proof.
case: Hc => Hw Hb; rewrite -(size_parts c) divn_gt0 //.
move: Hw Hb; rewrite -!size_eq0; case: (size (within n c)) => [//|w]; case: (size (between n c)) => [//|b] _ _.
rewrite addSn addnS; exact: (@leq_mul 2 1 (w + b).+2 (w + b).+1).
Qed.

Lemma tau_rival c' : non_trivial n c' -> ~ same_partition n c c' -> tau o n d c' root < tau o n d c root.
Proof.
move=> Hc' Hneq.
have Hsizes x : non_trivial n x -> (0 < size (within n x))%N /\ (0 < size (between n x))%N.
  by case=> Hw Hb; rewrite !lt0n !size_eq0.
have [[Hw Hb] [Hw' Hb']] := (Hsizes _ Hc, Hsizes _ Hc').
have HA := all_comparisons_gt0; set A := (_ %/ 2)%N in HA.
have [O1 [O2 [O3 O4]]] := own_counts.
rewrite !tau_value -/A !concordant_count !discordant_count O1 O2 O3 O4 mul0n subr0.
have Hpos x : (0 < size (within n x))%N -> (0 < size (between n x))%N ->
    0 < (size (within n x) * size (between n x) * A)%N%:R :> R.
  by move=> H1 H2; rewrite ltr0n !muln_gt0 H1 H2.
set a := count same (within n c'); set b := count (predC same) (within n c').
set u := count same (between n c'); set e := count (predC same) (between n c').
apply: (@le_lt_trans _ _ ((a * e)%N%:R / root (size (within n c') * size (between n c') * A)%N%:R)).
  apply: ler_wpmul2r; first by rewrite invr_ge0.
  by rewrite ler_subl_addr ler_addl ler0n.
case: (posnP (a * e)%N) => [->|Hae].
  rewrite mul0r divr_gt0 ?root_gt0 ?Hpos // ltr0n muln_gt0 Hw; exact: Hb.
apply: by_squares; rewrite ?ler0n ?Hpos // ?ltr0n ?muln_gt0 ?Hw ?Hb //.
rewrite -!natrM ltr_nat (size_within_own c') (size_between_own c') -/a -/b -/u -/e.
rewrite (size_within c') (size_between c') -/a -/b -/u -/e.
have [Ha He] : (0 < a)%N /\ (0 < e)%N by move: Hae; rewrite muln_gt0 => /andP.
have Hbu : (0 < b + u)%N.
  rewrite addn_gt0 /b /u -!has_count.
  by case: (differing_pair Hneq) => [[p Hp E]|[p Hp E]]; apply/orP; [right | left]; apply/hasP; exists p.
have K := diagonal_below_margins Ha He Hbu.
set m := ((a + u) * (b + e))%N in K *; set m' := ((a + b) * (u + e))%N in K *.
rewrite [X in (_ < X)%N]mulnACA ltn_mul2r K andbT muln_gt0 HA andbT.
by move: Hw Hb; rewrite (size_within_own c') (size_between_own c') -/a -/b -/u -/e /m muln_gt0 => -> ->.
Qed.

End Tau.

(** For any square root on numbers that are not negative. *)
Theorem tau_rich (R : realFieldType) (root : R -> R) :
  (forall a, 0 <= root a)%R -> (forall a, 0 <= a -> root a * root a = a)%R ->
  rich (@strictly_higher R) (fun n d c => tau (field_ops R) n d c root).
Proof.
move=> H0 H2 n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc' Hneq; apply: tau_rival.
Qed.
