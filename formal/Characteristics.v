(** Mean distances and widest gaps inside clusters: lengths, and none of what lies between clusters. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Chains Clusters Means Silhouette Richness ClosestPair KRichness.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Characteristics.

Variable R : realFieldType.
Notation o := (field_ops R).

(** A length in another unit is another number. *)
Lemma no_length (m : measure R) : (forall n d c (l : R), 0 < l -> m n (fun x y => l * d x y) c = l * m n d c) ->
  (forall n d c, distance n d -> non_trivial n c -> 0 < m n d c) -> ~ scale_invariant m.
Proof.
move=> scales pos H; pose d (x y : nat) : R := (x != y)%:R.
have Hd : distance 4 d.
  split=> [x _|x y _ _|x y _ _ Hxy]; rewrite /d; [by rewrite eqxx | by rewrite eq_sym | by rewrite Hxy ltr01].
have := H _ _ _ 2%:R Hd triple (two_gt0 R); rewrite scales ?two_gt0 // => /eqP.
by rewrite -subr_eq0 -{2}[m _ _ _]mul1r -mulrBl mulf_eq0 subr_eq0 (eqr_nat R 2 1) /= gt_eqF // pos.
Qed.

(** Where all distances are at least as long as one pair's, that pair and singletons are as good as anything. *)
Lemma closest_is_best (m : measure R) (sub : forall n d c (e : R), distance n d -> non_trivial n c ->
    (forall x y, (x < n)%N -> (y < n)%N -> x != y -> e <= d x y) -> e <= m n d c)
  (pair : forall n d p, distance n d -> p \in pairs n -> m n d (only_pair p) <= apart d p) :
  ~ rich (@strictly_lower R) m.
Proof.
move=> /(_ _ _ triple) [d Hd H]; have Hw : (1 < size (within 4 (fun x => (x < 3)%N : nat)))%N by [].
have [p Hp closest] := closest_pair d (some_pairs Hw); have [H1 H2] := another Hw Hp.
have := H _ H1 H2; rewrite /strictly_lower ltNge (le_trans (pair _ _ _ Hd Hp)) //.
apply: (sub _ _ _ _ Hd triple) => x y Hx Hy; rewrite neq_ltn => /orP [Hxy|Hyx].
  case: Hd => _ sym _; rewrite sym //; apply: (closest (y, x)); by rewrite mem_pairs Hxy.
by apply: (closest (x, y)); rewrite mem_pairs Hyx.
Qed.

(** Widest gap. *)

Lemma widest_gap_ge n (d : nat -> nat -> R) c e : distance n d -> non_trivial n c ->
  (forall x y, (x < n)%N -> (y < n)%N -> x != y -> e <= d x y) -> e <= widest_gap o n d c.
Proof.
move=> Hd [Hw _] H; case E : (within n c) Hw => [//|p s] _.
have Hp : p \in within n c by rewrite E mem_head.
apply: le_trans (maximum_ge (fun p => chain o n d c n p.1 p.2) Hp).
by have [H1 H2 H3 _] := within_inside Hp; apply: chain_ge.
Qed.

Lemma widest_gap_gt0 n (d : nat -> nat -> R) c : distance n d -> non_trivial n c -> 0 < widest_gap o n d c.
Proof.
move=> Hd [Hw _]; case E : (within n c) Hw => [//|p s] _.
have Hp : p \in within n c by rewrite E mem_head.
apply: lt_le_trans (maximum_ge (fun p => chain o n d c n p.1 p.2) Hp).
by have [H1 H2 H3 H4] := within_inside Hp; apply: chain_gt0.
Qed.

Theorem widest_gap_not_scale_invariant : ~ scale_invariant (widest_gap o).
Proof. by apply: no_length => [n d c l|n d c]; [apply: widest_gap_scale | apply: widest_gap_gt0]. Qed.

Theorem widest_gap_not_rich : ~ rich (@strictly_lower R) (widest_gap o).
Proof.
apply: closest_is_best => [n d c e|n d p Hd Hp]; first exact: widest_gap_ge.
have [H1 H2 H3 H4] := within_inside (pair_within Hp).
apply: maximum_le => [|q Hq]; first by case: Hd => _ _ pos; apply/ltW/pos.
rewrite (within_pair Hp Hq); exact: chain_le.
Qed.

Section TwoLevels.

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.
Notation d := (two_levels c (2%:R : R)).

Lemma two_levels_ge1 x y : (x < n)%N -> (y < n)%N -> x != y -> 1 <= d x y.
Proof. by move=> _ _; apply: one_le. Qed.

Lemma widest_gap_own : widest_gap o n d c <= 1.
Proof.
apply: maximum_le; first exact: ler01.
move=> p Hp; have [H1 H2 _ H4] := within_inside Hp.
apply: (le_trans (chain_le n (two_levels_distance n c (two_gt0 R)) H1 H2 H4)).
by rewrite -/(apart d p) (inside_one _ Hp).
Qed.

Lemma widest_gap_rival c' : size (clusters n c') = size (clusters n c) -> ~ same_partition n c c' ->
  2%:R <= widest_gap o n d c'.
Proof.
move=> Hsize Hneq; have [[p Hp E] _] := crossing Hsize Hneq.
apply: le_trans (maximum_ge (fun p => chain o n d c' n p.1 p.2) Hp).
by have [_ H2 _ _] := within_inside Hp; apply: chain_ge2.
Qed.

End TwoLevels.

Theorem widest_gap_weakly_rich : weakly_rich (@lower R) (widest_gap o).
Proof.
move=> n c Hc; have Hd := two_levels_distance n c (two_gt0 R); exists (two_levels c 2%:R) => // c' Hc'.
apply: (le_trans (widest_gap_own n c)); apply: widest_gap_ge => //; exact: two_levels_ge1.
Qed.

Theorem widest_gap_k_rich : k_rich (@strictly_lower R) (widest_gap o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
move=> c' Hc' Hsize Hneq; apply: (le_lt_trans (widest_gap_own n c)).
by apply: lt_le_trans (widest_gap_rival Hsize Hneq); apply: two_gt1.
Qed.

(** Mean distance inside clusters. *)

Notation inner_mean := (fun n d c => inner n d c (@mean R o _)).
Notation in_company := (fun n c => [seq x <- points n | size (members n c (c x)) != 1%N]).

Lemma mem_company n c x : (x \in in_company n c) = ~~ alone n c x && (x < n)%N.
Proof. by rewrite mem_filter mem_iota. Qed.

Lemma pair_company n c p : p \in within n c -> p.1 \in in_company n c /\ p.2 \in mates n c p.1.
Proof.
move=> Hp; have [H1 H2 H3 H4] := within_inside Hp.
have Hm : p.2 \in mates n c p.1 by rewrite mem_others eq_sym H3 eq_sym H4 H2.
by rewrite mem_company H1 andbT -mates_nil //; split=> //; apply: contraTneq Hm => ->.
Qed.

Lemma company_nil n c : non_trivial n c -> in_company n c != [::].
Proof.
move=> [Hw _]; case E : (within n c) Hw => [//|p s] _; have Hp : p \in within n c by rewrite E mem_head.
by have [H _] := pair_company Hp; apply: contraTneq H => ->.
Qed.

Lemma inner_mean_ge n (d : nat -> nat -> R) c e x : (x < n)%N -> ~~ alone n c x ->
  (forall x y, (x < n)%N -> (y < n)%N -> x != y -> e <= d x y) -> e <= inner_mean n d c x.
Proof.
move=> Hx Ha H; have Hm : mates n c x != [::] by rewrite mates_nil.
rewrite -(mean_const e Hm); apply: mean_mono => y; rewrite mem_others => /and3P [Hyx _ Hy].
by apply: H; rewrite // eq_sym.
Qed.

Lemma average_within_ge n (d : nat -> nat -> R) c e : distance n d -> non_trivial n c ->
  (forall x y, (x < n)%N -> (y < n)%N -> x != y -> e <= d x y) -> e <= average_within o n d c.
Proof.
move=> _ Hc H; rewrite -(mean_const e (company_nil Hc)); apply: mean_mono => x.
by rewrite mem_company => /andP [Ha Hx]; apply: inner_mean_ge.
Qed.

Lemma average_within_gt0 n (d : nat -> nat -> R) c : distance n d -> non_trivial n c -> 0 < average_within o n d c.
Proof.
move=> Hd Hc; apply: mean_gt0; first exact: company_nil.
move=> x; rewrite mem_company => /andP [Ha Hx]; apply: (sound_gt0 (mean_sound R)).
  by rewrite -/(mates n c x) mates_nil.
by move=> y; apply: mate_gt0.
Qed.

Theorem average_within_not_scale_invariant : ~ scale_invariant (average_within o).
Proof.
apply: no_length => [n d c l Hl|n d c]; last exact: average_within_gt0.
by rewrite /average_within -mean_scale; apply: eq_mean => x _; apply: (mean_scale l (d x)).
Qed.

Theorem average_within_consistent : consistent (@lower R) (average_within o).
Proof.
move=> n d d' c _ _ _ H; apply: mean_mono => x; rewrite mem_company => /andP [_ Hx]; apply: mean_mono => y.
by rewrite mem_others => /and3P [_ Hy Hyn]; have := H _ _ Hx Hyn; rewrite eq_sym Hy.
Qed.

Theorem average_within_isomorphism_invariant : isomorphism_invariant (average_within o).
Proof.
move=> n d d' c c' s t _ Hd' _ Hst Hc E.
have P : perm_eq (map s (in_company n c')) (in_company n c).
  by apply: (perm_keep Hst) => x Hx; rewrite -(perm_size (perm_members Hst Hc Hx)) size_map.
apply: (etrans _ (mean_perm _ P)); rewrite mean_map; apply: eq_mean => x; rewrite mem_company => /andP [_ Hx].
exact: (inner_isomorphic (mean_sound R) Hd' Hst Hc E Hx).
Qed.

Theorem average_within_not_rich : ~ rich (@strictly_lower R) (average_within o).
Proof.
apply: closest_is_best => [n d c e|n d p Hd Hp]; first exact: average_within_ge.
have [Hpair _] := pair_company (pair_within Hp).
have Hs : in_company n (only_pair p) != [::] by apply: contraTneq Hpair => ->.
rewrite -[X in _ <= X](mean_const (apart d p) Hs); apply: mean_mono => x; rewrite mem_company => /andP [Ha Hx].
have Hm : mates n (only_pair p) x != [::] by rewrite mates_nil.
rewrite -[X in _ <= X](mean_const (apart d p) Hm); apply: mean_mono => y; rewrite mem_others => /and3P [Hyx Ey Hy].
case: (ltngtP x y) => [Hxy|Hlt|E]; last by rewrite E eqxx in Hyx.
  have Hq : (y, x) \in within n (only_pair p) by rewrite mem_within Ey Hxy.
  by case: Hd => _ sym _; rewrite sym // -(within_pair Hp Hq).
have Hq : (x, y) \in within n (only_pair p) by rewrite mem_within eq_sym Ey Hlt.
by rewrite -(within_pair Hp Hq).
Qed.

Lemma average_within_own n c : average_within o n (two_levels c (2%:R : R)) c <= 1.
Proof.
case: (altP (in_company n c =P [::])) => [E|Hs]; first by rewrite /average_within E /mean /= mul0r ler01.
rewrite -[X in _ <= X](mean_const 1 Hs); apply: mean_mono => x; rewrite mem_company => /andP [Ha Hx].
have Hm : mates n c x != [::] by rewrite mates_nil.
rewrite -[X in _ <= X](mean_const 1 Hm); apply: mean_mono => y; rewrite mem_others => /and3P [Hyx Ey _].
by rewrite /two_levels eq_sym (negbTE Hyx) eq_sym Ey.
Qed.

Theorem average_within_weakly_rich : weakly_rich (@lower R) (average_within o).
Proof.
move=> n c Hc; have Hd := two_levels_distance n c (two_gt0 R); exists (two_levels c 2%:R) => // c' Hc'.
apply: (le_trans (average_within_own n c)); apply: average_within_ge => //; exact: two_levels_ge1.
Qed.

Theorem average_within_k_rich : k_rich (@strictly_lower R) (average_within o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
move=> c' Hc' Hsize Hneq; apply: (le_lt_trans (average_within_own n c)).
have [[p Hp Ep] _] := crossing Hsize Hneq; have [H1 H2] := pair_company Hp.
rewrite -[X in X < _](mean_const 1 (company_nil Hc')); apply: (mean_lt H1) => [x|].
  by rewrite mem_company => /andP [Ha Hx]; apply: (inner_mean_ge Hx Ha (@two_levels_ge1 n c)).
have Hm : mates n c' p.1 != [::] by apply: contraTneq H2 => ->.
rewrite -[X in X < _](mean_const 1 Hm); apply: (mean_lt H2) => [y|].
  by rewrite mem_others => /and3P [Hyx _ _]; rewrite one_le // eq_sym.
have [_ _ Hne _] := within_inside Hp; rewrite -/(apart (two_levels c 2%:R) p) two_levels_apart // (negbTE Ep).
exact: two_gt1.
Qed.

End Characteristics.
