// Instruments of public policy, a kind each.
#include "cost_share.hpp"
#include "data_programme.hpp"
#include "guarantee.hpp"
#include "procurement.hpp"
#include "siting.hpp"
#include "stake.hpp"
#include "state_compute.hpp"
#include "tournament.hpp"
#include "training.hpp"
#include "transfers.hpp"

ONDOL_PLUGIN("policy", "0.2.0", ondol::policy::LumpSum, ondol::policy::HouseholdTransfer, ondol::policy::CostShare,
             ondol::policy::Procurement, ondol::policy::Tournament, ondol::policy::Training, ondol::policy::Siting,
             ondol::policy::DataProgramme, ondol::policy::StateCompute, ondol::policy::Guarantee, ondol::policy::Stake)
