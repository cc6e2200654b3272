(** The silhouette is rich: a small distance inside clusters and 1 across, and a little more between singletons. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Silhouette.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Singletons.

Variable R : realFieldType.
Notation o := (field_ops R).

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.

(** Points of a singleton have no mates. *)

Definition alone (c : nat -> nat) x := size (members n c (c x)) == 1%N.
Definition mates (c : nat -> nat) x := [seq y <- members n c (c x) | y != x].

Lemma mates_nil c0 x : (x < n)%N -> (mates c0 x == [::]) = alone c0 x.
Proof.
move=> Hx; have Hm : x \in members n c0 (c0 x) by rewrite mem_members eqxx.
have U : uniq (members n c0 (c0 x)) by rewrite filter_uniq ?iota_uniq.
rewrite /mates -(rem_filter _ U) -size_eq0 size_rem // /alone.
by case E : (size _) => [|m] //; move/eqP: E; rewrite size_eq0 => /eqP E; rewrite E in Hm.
Qed.

Lemma alone_same c0 x y : (x < n)%N -> (y < n)%N -> alone c0 x -> c0 y = c0 x -> y = x.
Proof.
move=> Hx Hy; rewrite -mates_nil // => /eqP E H; apply/eqP; apply: contraT => Hyx.
by have := mem_others n c0 x y; rewrite -/(mates c0 x) E Hyx H eqxx Hy.
Qed.

Lemma alone_cluster c0 x y : c0 x = c0 y -> alone c0 x = alone c0 y.
Proof. by rewrite /alone => ->. Qed.

(** So little that n + 1 times as much is less than 1/n. *)
Definition little : R := ((n.+1 * n.+1)%N%:R)^-1.
Notation t := little.

Lemma little_gt0 : 0 < t.
Proof. by rewrite invr_gt0 ltr0n. Qed.

Lemma n_gt0 : (0 < n)%N.
Proof. by case: n Hc => // -[]. Qed.

Lemma gains_lt : n%:R * t + t < n%:R^-1.
Proof.
have -> : n%:R * t + t = n.+1%:R * t by rewrite -[n.+1]addn1 natrD mulrDl mul1r.
rewrite -[X in _ < X]mul1r ltr_pdivl_mulr ?ltr0n ?n_gt0 // mulrAC -natrM ltr_pdivr_mulr ?ltr0n // mul1r ltr_nat.
by rewrite ltn_mul2l ltnSn.
Qed.

Lemma little_lt : t < n%:R^-1.
Proof. by apply: le_lt_trans gains_lt; rewrite ler_addr mulr_ge0 ?ler0n // ltW // little_gt0. Qed.

Lemma little_lt1 : t < 1.
Proof. by apply: (lt_le_trans little_lt); rewrite invf_le1 ?ltr0n ?ler1n n_gt0. Qed.

Definition near_and_far (x y : nat) : R :=
  if x == y then 0 else if c x == c y then t else if alone c x && alone c y then 1 + t else 1.
Notation d := near_and_far.

Lemma near_and_far_distance : distance n d.
Proof.
split=> [x _|x y _ _|x y _ _ /negbTE H]; rewrite /d ?eqxx //.
  by rewrite eq_sym [c x == _]eq_sym [alone c x && _]andbC.
rewrite H; case: ifP => _; first exact: little_gt0.
by case: ifP => _; rewrite ?ltr01 // addr_gt0 ?ltr01 ?little_gt0.
Qed.

Lemma d_ge0 x y : 0 <= d x y.
Proof.
have T := ltW little_gt0; rewrite /d; case: ifP => // _; case: ifP => // _.
by case: ifP => _; rewrite ?ler01 // addr_ge0 ?ler01.
Qed.

Lemma d_ge x y : x != y -> t <= d x y.
Proof.
have T := ltW little_lt1; rewrite /d => /negbTE ->; case: ifP => // _.
by case: ifP => // _; rewrite ler_addr ler01.
Qed.

Lemma d_le x y : d x y <= 1 + t.
Proof.
have T := ltW little_gt0; have T1 : 0 <= 1 + t by rewrite addr_ge0 ?ler01.
rewrite /d; case: ifP => // _; case: ifP => _; first by rewrite ler_addr ler01.
by case: ifP => // _; rewrite ler_addl.
Qed.

Lemma d_le1 x y : ~~ alone c x -> d x y <= 1.
Proof.
rewrite /d => /negbTE ->; case: ifP => _; first exact: ler01.
by case: ifP => _ //=; apply/ltW/little_lt1.
Qed.

Lemma d_apart x y : c y != c x -> 1 <= d x y.
Proof.
move=> H; rewrite /d [c x == _]eq_sym (negbTE H); case: eqP => [E|_]; first by rewrite E eqxx in H.
by case: ifP => _ //; rewrite ler_addl; apply/ltW/little_gt0.
Qed.

(** The scores, by [silhouette]'s own words. *)

Definition scored c0 x := if alone c0 x then 0 else score o (inner o n d c0 x) (outer o n d c0 x).

Definition own_score x : R := if alone c x then 0 else 1 - t.

Lemma scored_own x : (x < n)%N -> scored c x = own_score x.
Proof.
move=> Hx; rewrite /scored /own_score; case: ifP => // /negbT Ha.
have -> : inner o n d c x = t.
  have Hm : mates c x != [::] by rewrite mates_nil.
  rewrite /inner -/(mates c x) -[RHS](mean_const t Hm); apply: eq_mean => y.
  by rewrite mem_others => /and3P [Hyx Ey _]; rewrite /d eq_sym (negbTE Hyx) eq_sym Ey.
have -> : outer o n d c x = 1.
  have [y [Hy Hyx ->]] := outer_in d x Hc.
  have Hm : members n c (c y) != [::] by apply/eqP => E; have := mem_members n c (c y) y; rewrite E eqxx Hy.
  rewrite -[RHS](mean_const 1 Hm); apply: eq_mean => z; rewrite mem_members => /andP [/eqP Ez _].
  rewrite /d (negbTE Ha) Ez eq_sym [c x == _]eq_sym (negbTE Hyx).
  by case: eqP => // E; rewrite -Ez E eqxx in Hyx.
by rewrite score_below ?ltr01 ?divr1 // ltW // little_lt1.
Qed.

Lemma silhouette_own : silhouette o n d c = mean o own_score (points n).
Proof. by apply: eq_mean => x; rewrite mem_iota => /andP [_ Hx]; rewrite -scored_own. Qed.

Section Rival.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hneq : ~ same_partition n c c').

Lemma inner_ge x m : (x < n)%N -> ~~ alone c' x ->
  (forall y, (y < n)%N -> y != x -> c' y = c' x -> m <= d x y) -> m <= inner o n d c' x.
Proof.
move=> Hx Ha H; have Hm : mates c' x != [::] by rewrite mates_nil.
rewrite -(mean_const m Hm); apply: mean_mono => y; rewrite mem_others => /and3P [Hyx /eqP Ey Hy]; exact: H.
Qed.

Lemma outer_le_const x y m : (y < n)%N -> c' y != c' x ->
  (forall z, (z < n)%N -> c' z = c' y -> d x z <= m) -> outer o n d c' x <= m.
Proof.
move=> Hy Hyx H; apply: (le_trans (outer_le d Hy Hyx)).
have Hm : members n c' (c' y) != [::] by apply/eqP => E; have := mem_members n c' (c' y) y; rewrite E eqxx Hy.
rewrite -[X in _ <= X](mean_const m Hm); apply: mean_mono => z; rewrite mem_members => /andP [/eqP Ez Hz]; exact: H.
Qed.

Lemma outer_le_all x m : (forall z, (z < n)%N -> d x z <= m) -> outer o n d c' x <= m.
Proof. by move=> H; have [y Hy Hyx] := other_cluster x Hc'; apply: (outer_le_const Hy Hyx) => z Hz _; apply: H. Qed.

Lemma inner_ge_little x : (x < n)%N -> ~~ alone c' x -> t <= inner o n d c' x.
Proof. by move=> Hx Ha; apply: inner_ge => // y _ Hyx _; apply: d_ge; rewrite eq_sym. Qed.

Lemma score_le x (a b : R) : (x < n)%N -> ~~ alone c' x -> 0 <= a -> a <= inner o n d c' x ->
  outer o n d c' x <= b -> scored c' x <= score o a b.
Proof.
move=> Hx Ha H0 H1 H2; rewrite /scored (negbTE Ha); apply: score_mono => //.
exact: outer_gt0 near_and_far_distance Hc' Hx.
Qed.

Lemma outer_le1 x : ~~ alone c x -> outer o n d c' x <= 1.
Proof. by move=> H; apply: outer_le_all => z _; apply: d_le1. Qed.

Lemma score_together x : (x < n)%N -> ~~ alone c x -> scored c' x <= 1 - t.
Proof.
move=> Hx Hax; have T := little_lt1; case Ha' : (alone c' x).
  by rewrite /scored Ha' subr_ge0 ltW.
apply: (le_trans (score_le Hx (negbT Ha') (ltW little_gt0) (inner_ge_little Hx (negbT Ha')) (outer_le1 Hax))).
by rewrite score_below ?ltr01 ?divr1 // ltW.
Qed.

Lemma score_alone x : (x < n)%N -> alone c x -> scored c' x <= t.
Proof.
move=> Hx Hax; have T := little_gt0; case Ha' : (alone c' x); first by rewrite /scored Ha' ltW.
have T1 : 0 < 1 + t by rewrite addr_gt0 ?ltr01.
have H1 : 1 <= inner o n d c' x.
  apply: (inner_ge Hx (negbT Ha')) => y Hy Hyx _; apply: d_apart.
  by apply: contraNneq Hyx => E; apply/eqP/(alone_same Hx Hy Hax).
have H2 : outer o n d c' x <= 1 + t by apply: outer_le_all => z _; apply: d_le.
apply: (le_trans (score_le Hx (negbT Ha') ler01 H1 H2)).
rewrite score_below ?ler_addl ?(ltW T) // ler_subl_addr -ler_subl_addl ler_pdivl_mulr //.
by rewrite mulrBl mul1r mulrDr mulr1 opprD addrA addrK ger_addl oppr_le0 mulr_ge0 // ltW.
Qed.

Lemma score_excess x : (x < n)%N -> scored c' x <= own_score x + t.
Proof.
move=> Hx; rewrite /own_score; case: ifP => [H|/negbT H]; first by rewrite add0r; apply: score_alone.
by apply: (le_trans (score_together Hx H)); rewrite ler_addl; apply/ltW/little_gt0.
Qed.

(** A point of a larger cluster loses more than all others can gain if it has company from elsewhere … *)
Lemma score_company x z : (x < n)%N -> (z < n)%N -> ~~ alone c x -> c' z = c' x -> c z != c x ->
  scored c' x <= 1 - n%:R^-1.
Proof.
move=> Hx Hz Hax E Hzx; have Hn : 0 < n%:R :> R by rewrite ltr0n n_gt0.
have Hz' : z \in mates c' x by rewrite mem_others E eqxx Hz !andbT; apply: contraNneq Hzx => ->.
have Ha' : ~~ alone c' x by rewrite -mates_nil //; apply/eqP => E0; rewrite E0 in Hz'.
have H1 : n%:R^-1 <= inner o n d c' x.
  have Hs : (0 < size (mates c' x))%N by case: (mates c' x) Hz'.
  apply: (@le_trans _ _ ((size (mates c' x))%:R^-1)).
    rewrite lef_pinv ?posrE ?ltr0n ?n_gt0 ?Hs // ler_nat.
    by do 2 (rewrite size_filter; apply: (leq_trans (count_size _ _))); rewrite size_iota.
  rewrite /inner /mean -/(mates c' x) /= -[X in X <= _]mul1r ler_wpmul2r ?invr_ge0 ?ler0n //.
  by apply: (le_trans (d_apart Hzx)); apply: total_ge => // b _; apply: d_ge0.
have H0 : 0 <= n%:R^-1 :> R by rewrite invr_ge0 ltW.
apply: (le_trans (score_le Hx Ha' H0 H1 (outer_le1 Hax))).
by rewrite score_below ?ltr01 ?divr1 // invf_le1 // ler1n n_gt0.
Qed.

(** … or if another cluster holds nothing but points of its own. *)
Lemma score_cut x y : (x < n)%N -> (y < n)%N -> c' y != c' x ->
  (forall z, (z < n)%N -> c' z = c' y -> c z = c x) -> scored c' x <= 0.
Proof.
move=> Hx Hy Hyx H; case Ha' : (alone c' x); first by rewrite /scored Ha'.
have H2 : outer o n d c' x <= t.
  apply: (outer_le_const Hy Hyx) => z Hz E; rewrite /d (H _ Hz E) eqxx.
  by case: eqP => // Exz; rewrite -E -Exz eqxx in Hyx.
apply: (le_trans (score_le Hx (negbT Ha') (ltW little_gt0) (inner_ge_little Hx (negbT Ha')) H2)).
by rewrite score_below ?little_gt0 // divff ?subrr // gt_eqF // little_gt0.
Qed.

Lemma outweighed x : (x < n)%N -> ~~ alone c x -> scored c' x <= 1 - n%:R^-1 ->
  total o (scored c') (points n) < total o own_score (points n).
Proof.
move=> Hx Hax H; apply: (@total_outweighed _ _ _ _ _ x t).
- exact/ltW/little_gt0.
- by rewrite mem_iota.
- by move=> y; rewrite mem_iota => /andP [_ Hy]; apply: score_excess.
rewrite size_iota /own_score (negbTE Hax) ltr_subr_addr -addrA.
apply: (@le_lt_trans _ _ (1 - n%:R^-1 + (n%:R * t + t))); first by rewrite ler_add2r.
by rewrite -addrA gtr_addl addrC subr_lt0 gains_lt.
Qed.

(** Otherwise clusters of two points or more are as they were, and points of singletons have come together. *)
Lemma score_singletons x w : (x < n)%N -> (w < n)%N -> alone c x -> ~~ alone c' x ->
  (forall y, (y < n)%N -> c' y = c' x -> alone c y) -> (forall z, (z < n)%N -> c' z = c' w -> ~~ alone c z) ->
  scored c' x < 0.
Proof.
move=> Hx Hw Hax Ha' Hall Hnone; have T := little_gt0.
have T1 : 0 < 1 + t by rewrite addr_gt0 ?ltr01.
have H1 : 1 + t <= inner o n d c' x.
  apply: (inner_ge Hx Ha') => y Hy Hyx E; rewrite /d eq_sym (negbTE Hyx) Hax (Hall _ Hy E).
  by case: eqP => // Ec; rewrite (alone_same Hx Hy Hax (esym Ec)) eqxx in Hyx.
have Hwx : c' w != c' x by apply/eqP => E; have := Hnone _ Hx (esym E); rewrite Hax.
have H2 : outer o n d c' x <= 1.
  apply: (outer_le_const Hw Hwx) => z Hz E; rewrite /d (negbTE (Hnone _ Hz E)) andbF.
  case: eqP => [_|_]; first exact: ler01.
  by case: ifP => _ //; apply/ltW/little_lt1.
apply: (le_lt_trans (score_le Hx Ha' (ltW T1) H1 H2)).
by rewrite score_above ?ltr01 ?ler_addl ?(ltW T) // subr_lt0 ltr_pdivr_mulr // mul1r ltr_addl.
Qed.

Lemma some_together : exists2 w, (w < n)%N & ~~ alone c w.
Proof.
case: Hc; case E: (within n c) => [//|p s] _ _.
have /within_inside [H1 H2 H3 /eqP H4] : p \in within n c by rewrite E mem_head.
by exists p.1 => //; apply: contraNN H3 => H; rewrite (alone_same H1 H2 H (esym H4)).
Qed.

Lemma rival_total : total o (scored c') (points n) < total o own_score (points n).
Proof.
have Hn : n%:R^-1 <= 1 :> R by rewrite invf_le1 ?ltr0n ?ler1n n_gt0.
have mem z : (z \in points n) = (z < n)%N by rewrite mem_iota.
case: (boolP (has (fun x => ~~ alone c x && has (fun z => (c' z == c' x) && (c z != c x)) (points n)) (points n))).
  move=> /hasP [x Hx /andP [Hax /hasP [z Hz /andP [/eqP E Hzx]]]]; rewrite !mem in Hx Hz.
  exact: (outweighed Hx Hax (score_company Hx Hz Hax E Hzx)).
move=> /hasPn H.
have company x z : (x < n)%N -> (z < n)%N -> ~~ alone c x -> c' z = c' x -> c z = c x.
  move=> Hx Hz Hax E; apply/eqP; have := H x; rewrite mem Hx Hax => /(_ isT) /hasPn /(_ z).
  by rewrite mem Hz E eqxx => /(_ isT); rewrite negbK.
case: (boolP (has (fun x => ~~ alone c x && has (fun y => (c' y != c' x) && (c y == c x)) (points n)) (points n))).
  move=> /hasP [x Hx /andP [Hax /hasP [y Hy /andP [Hyx /eqP E]]]]; rewrite !mem in Hx Hy.
  have Hay : ~~ alone c y by rewrite (alone_cluster E).
  apply: (outweighed Hx Hax); apply: (@le_trans _ _ 0); last by rewrite subr_ge0.
  by apply: (score_cut Hx Hy Hyx) => z Hz Ez; rewrite -E; apply: company.
move=> /hasPn H'.
have whole x y : (x < n)%N -> (y < n)%N -> ~~ alone c x -> c y = c x -> c' y = c' x.
  move=> Hx Hy Hax E; apply/eqP; have := H' x; rewrite mem Hx Hax => /(_ isT) /hasPn /(_ y).
  by rewrite mem Hy E eqxx andbT => /(_ isT); rewrite negbK.
have [w Hw Haw] := some_together.
have low x : (x < n)%N -> alone c x -> ~~ alone c' x -> scored c' x < 0.
  move=> Hx Hax Ha'; apply: (score_singletons Hx Hw) => // [y Hy E|z Hz E].
    case Hay : (alone c y) => //; have := alone_cluster (company _ _ Hy Hx (negbT Hay) (esym E)).
    by rewrite Hax Hay.
  by rewrite (alone_cluster (company _ _ Hw Hz Haw E)).
have [x [y [Hx Hy Hxy E E']]] : exists x y, [/\ (x < n)%N, (y < n)%N, x != y, c x != c y & c' x = c' y].
  case: (differing_pair Hneq) => [[p Hp /eqP E]|[p Hp E]].
    have [H1 H2 H3 H4] := between_across Hp; case/negP: H4; apply/eqP/esym/whole => //.
    by apply: contraNN H3 => Hap; rewrite (alone_same H1 H2 Hap (esym E)).
  by have [H1 H2 H3 /eqP H4] := within_inside Hp; exists p.1, p.2.
have Hax : alone c x by apply: contraT => Hax; rewrite (company _ _ Hx Hy Hax (esym E')) eqxx in E.
have Ha' : ~~ alone c' x by apply: contraNN Hxy => Ha'; rewrite (alone_same Hx Hy Ha' (esym E')).
apply: (@total_lt _ _ _ _ _ x); first by rewrite mem.
  move=> z; rewrite mem => Hz; rewrite /own_score; case: ifP => [Haz|/negbT]; last exact: score_together.
  case Haz' : (alone c' z); first by rewrite /scored Haz'.
  exact/ltW/(low _ Hz Haz (negbT Haz')).
by rewrite /own_score Hax; apply: low.
Qed.

Lemma silhouette_rival : silhouette o n d c' < silhouette o n d c.
Proof.
rewrite silhouette_own; apply: mean_of_totals; last exact: rival_total.
by rewrite -size_eq0 size_iota -lt0n n_gt0.
Qed.

End Rival.

End Singletons.

Theorem silhouette_rich (R : realFieldType) : rich (@strictly_higher R) (silhouette (field_ops R)).
Proof.
move=> n c Hc; exists (near_and_far R n c); first exact: near_and_far_distance.
move=> c' Hc' Hneq; exact: silhouette_rival.
Qed.
